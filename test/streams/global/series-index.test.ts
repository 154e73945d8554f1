import { expect, test } from "vitest";
import { SeriesIndex } from "../../../streams/global/series-index.ts";

/** `part|number|name`; with `.path` behind the number it is of no series. */
function placeOf(key: string) {
  const [part = "", number = "", name = ""] = key.split("|");
  return { part, number: Number.parseInt(number, 10), name: number.includes(".") ? null : name };
}
const bytes = (n: number): Uint8Array => Uint8Array.of(n);

test("the keys of a series are found in the order of their numbers, whatever the order they came in", () => {
  const index = new SeriesIndex(placeOf);
  for (const [at, number] of [30, 10, 40, 20].entries()) index.put(`a|${number}|x`, bytes(at));
  index.put("a|20|x", bytes(9));
  index.put("a|20|y", bytes(5));
  index.put("b|20|x", bytes(6));
  expect(index.get("a", "x")).toEqual({
    numbers: [10, 20, 30, 40],
    keys: ["a|10|x", "a|20|x", "a|30|x", "a|40|x"],
    values: [1, 9, 0, 2].map(bytes),
  });
  expect(index.get("a", "z")).toBeUndefined();
  index.delete("a|20|x");
  index.delete("a|25|x");
  expect(index.get("a", "x")?.numbers).toEqual([10, 30, 40]);
});

test("what is too old is found by part and number, also keys of no series, and may be deleted meanwhile", () => {
  const index = new SeriesIndex(placeOf);
  const keys = ["a|10|x", "a|20|x", "a|30|x", "a|10|y", "a|10.f|x", "a|30.f|x", "b|10|x"];
  for (const key of keys) index.put(key, bytes(0));
  const found: string[] = [];
  for (const key of index.oldest((part, number) => part === "a" && number < 25)) {
    found.push(key);
    index.delete(key);
  }
  expect(found.sort()).toEqual(["a|10.f|x", "a|10|x", "a|10|y", "a|20|x"]);
  expect(index.get("a", "x")?.numbers).toEqual([30]);
  expect(index.get("a", "y")).toBeUndefined();
  expect([...index.oldest(() => true)].sort()).toEqual(["a|30.f|x", "a|30|x", "b|10|x"]);
});
