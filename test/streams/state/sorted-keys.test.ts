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
