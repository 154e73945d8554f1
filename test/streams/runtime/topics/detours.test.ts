import { expect, test, vi } from "vitest";
import { Detours } from "../../../../streams/runtime/topics/detours.ts";
import { defineOperator, defineTopic, defineTopology, type Position } from "../../../../streams/index.ts";

const values = { type: "record", name: "V", fields: [{ name: "id", type: "string" }] };
const asked = defineTopic<{ readonly id: string }>({ name: "asked", schema: values, keyOf: ({ id }) => id });
const topology = defineTopology({
  name: "t",
  operators: [
    defineOperator({ name: "o", in: { asked }, out: {}, state: {}, globals: {}, handlers: { asked: () => undefined } }),
  ],
});

/** One partition with as many records as are handled, or one more. */
function opened() {
  const log = { end: 5, committed: 5, asks: 0 };
  const backbone = {
    kind: "embedded" as const,
    offsets: async () => [{ topic: "asked", partition: 0, start: 0, end: log.end }],
    committed: async (): Promise<readonly Position[]> => {
      log.asks++;
      return [{ topic: "asked", partition: 0, offset: log.committed }];
    },
  };
  const gate = { mark: vi.fn<() => void>(), release: vi.fn<() => void>() };
  const detours = new Detours({ id: "t", topology, backbone });
  return { log, gate, detours, look: () => detours.look([{ gate }]) };
}

test("without misplaced records nothing is marked or asked for", () => {
  const { log, gate, detours, look } = opened();
  expect([detours.any, look()]).toEqual([false, false]);
  expect(gate.mark).not.toHaveBeenCalled();
  expect(log.asks).toBe(0);
});

test("timers are released when everything has been handled three times that was there when they were marked", async () => {
  const { log, gate, detours, look } = opened();
  detours.seen();
  expect(detours.any).toBe(true);
  await vi.waitUntil(look);
  expect([gate.mark.mock.calls.length, gate.release.mock.calls.length, log.asks]).toEqual([2, 1, 3]);
});

test("nothing is released while a record that was there is not handled", async () => {
  const { log, gate, detours, look } = opened();
  log.end = 6;
  detours.seen();
  await vi.waitUntil(() => (look(), log.asks > 5));
  expect(gate.release).not.toHaveBeenCalled();
  log.committed = 6;
  await vi.waitUntil(look);
  expect(gate.release).toHaveBeenCalledOnce();
});
