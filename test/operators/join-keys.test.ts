import { expect, test } from "vitest";
import { join } from "../../operators/index.ts";
import { idOf, moreKey, nameKey, orphanTimer, readTimer, useTimer } from "../../operators/join/keys.ts";

const texts = [
  "",
  "d",
  "3:abc",
  "a/b",
  "u2:ab",
  "\u0001u2:ab",
  "\u0001o5:x",
  "0:",
  "a\0b",
  "\ud83d\ude00:",
  "__proto__",
];
const pairs = texts.flatMap((a) => texts.map((b) => [a, b] as const));

test("timers' keys say whose they are, whatever the texts; a former version's are an id alone", () => {
  for (const [useCase, id] of pairs) expect(readTimer(useTimer(useCase, id))).toEqual({ kind: "use", useCase, id });
  for (const id of texts) {
    for (const index of [null, 0, 12]) expect(readTimer(orphanTimer(index, id))).toEqual({ kind: "orphan", index, id });
  }
  for (const id of ["d", "3:abc", "u2:ab", "a\0b"]) expect(readTimer(id)).toEqual({ kind: "former", id });
});

test("no two keys are one, and every entry tells its decision id: partitions are those of the records", () => {
  const names = texts.flatMap((name) => pairs.map(([useCase, id]) => ({ key: nameKey(id, useCase, name), id })));
  const more = texts.flatMap((id) => [0, 7, 10].map((index) => ({ key: moreKey(index, id), id })));
  for (const [store, all] of Object.entries({ names, more })) {
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    for (const { key, id } of all) expect(idOf({ store, key })).toBe(id);
  }
  for (const [useCase, id] of pairs) expect(idOf({ key: useTimer(useCase, id) })).toBe(id);
  for (const store of ["pending", "decided"]) expect(idOf({ store, key: "3:abc" })).toBe("3:abc");
  expect(join().recordKey).toBe(idOf);
});
