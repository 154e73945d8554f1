import { expect, test } from "vitest";
import { SortedKeys } from "../../../streams/state/sorted-keys.ts";
import { seeded } from "../../chaos/random.ts";

test("keys are in order, each once, whatever is added, deleted and taken", () => {
  const share = seeded(5);
  const keyAt = (): string => String(Math.floor(share() * 500)).padStart(3, "0");
  const keys = new SortedKeys();
  let model = new Set<string>();
  for (let step = 0; step < 5_000; step++) {
    const key = keyAt();
    if (share() < 0.7) {
      keys.add(key);
      model.add(key);
    } else {
      keys.delete(key);
      model.delete(key);
    }
    if (share() < 0.02) {
      const end = keyAt();
      const sorted = [...model].sort();
      expect(keys.takeBefore(end)).toEqual(sorted.filter((each) => each < end));
      model = new Set(sorted.filter((each) => each >= end));
    }
    expect(keys.length).toBe(model.size);
  }
  keys.truncate(3);
  expect([keys.at(0), keys.at(1), keys.at(2), keys.at(3)]).toEqual([...[...model].sort().slice(0, 3), undefined]);
});

test("thousands that are added behind and taken in front, with some in between, stay in order", () => {
  const keys = new SortedKeys();
  const name = (at: number): string => String(at).padStart(6, "0");
  const model = new Set<string>();
  const taken: string[] = [];
  for (let at = 0; at < 20_000; at++) {
    for (const key of at % 10 === 0 ? [name(2 * at), name(Math.max(0, 2 * at - 999))] : [name(2 * at)]) {
      keys.add(key);
      model.add(key);
    }
    if (at % 7 !== 0) continue;
    keys.delete(name(2 * at));
    model.delete(name(2 * at));
    if (at >= 3_000) taken.push(...keys.takeBefore(name(2 * (at - 3_000) + 1)));
  }
  taken.push(...keys.takeBefore("x"));
  expect(keys.length).toBe(0);
  expect(keys.at(0)).toBeUndefined();
  expect(taken).toEqual([...model].sort());
});
