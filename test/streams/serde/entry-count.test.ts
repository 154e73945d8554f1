import avro from "avsc";
import { describe, expect, test } from "vitest";
import { entryCount } from "../../../streams/index.ts";
import { boundedTypes } from "../../../streams/serde/bounded-types.ts";

const type = avro.Type.forSchema({ type: "map", values: "int" }, { typeHook: boundedTypes as never });
const mapOf = (entries: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: entries }, (_, at) => [`name ${at}`, at]));

describe("a map knows how many entries it has", () => {
  test.each([0, 1, 8, 9, 50, 4_096])("where it has %i and was decoded", (entries) => {
    expect(entryCount(type.fromBuffer(type.toBuffer(mapOf(entries))) as object)).toBe(entries);
  });

  test("where it was made by hand", () => {
    expect(entryCount(mapOf(50))).toBe(50);
  });
});

test("what is remembered can't be seen: the map is equal to, and encoded as, one that was made by hand", () => {
  const decoded = type.fromBuffer(type.toBuffer(mapOf(50))) as object;
  expect(decoded).toStrictEqual(mapOf(50));
  expect(Reflect.ownKeys(decoded)).toHaveLength(50);
  expect(type.toBuffer(decoded)).toEqual(type.toBuffer(mapOf(50)));
});
