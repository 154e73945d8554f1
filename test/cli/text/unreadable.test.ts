import { afterEach, expect, test, vi } from "vitest";
import { exitCodes } from "../../../cli/exit-codes.ts";
import { tellUnreadable, type Needed } from "../../../cli/text/unreadable.ts";
import { blueprints, rowsTopicName } from "../../../schemas/index.ts";

afterEach(() => vi.restoreAllMocks());

/** The exit code after one record that can't be used. */
function codeAfter(needed: Needed, topic: string, key: string): number {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const record = { topic, partition: 0, offset: 7, timestamp: 0, key: Buffer.from(key), value: null, headers: {} };
  const unreadable = tellUnreadable(needed);
  unreadable.tell({ record, error: new Error("no Avro") });
  return unreadable.end();
}

test.each([
  [{ useCase: "parcels" }, "parcels/1", exitCodes.partly],
  [{ useCase: ["letters", "parcels"] }, "parcels/1", exitCodes.partly],
  [{ useCase: ["letters", "parcels"] }, "parcel/1", exitCodes.ok],
  [{ useCase: [] }, "parcels/1", exitCodes.ok],
  [{}, "parcels/1", exitCodes.partly],
])("with %j a version %s ends a command with code %i", (needed, key, code) => {
  expect(codeAfter(needed, blueprints.name, key)).toBe(code);
});

test("rows count for the use cases that are asked for, or for the topic that is read instead", () => {
  const topic = rowsTopicName("parcels");
  expect(codeAfter({ useCase: "parcels" }, topic, "d")).toBe(exitCodes.partly);
  expect(codeAfter({ useCase: ["letters", "parcels"] }, topic, "d")).toBe(exitCodes.partly);
  expect(codeAfter({ useCase: "parcels", rowsTopic: "replayed" }, topic, "d")).toBe(exitCodes.ok);
  expect(codeAfter({ useCase: "parcels", rowsTopic: "replayed" }, "replayed", "d")).toBe(exitCodes.partly);
});
