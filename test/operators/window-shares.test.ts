import { describe, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { enrichBy, WindowShares, type FarWindows } from "../../operators/index.ts";
import { FarReads } from "../../operators/enrich/far-windows.ts";
import { stateIdOf } from "../../operators/globals/window-shares.ts";
import { blueprint } from "../loop/keyed/devices.ts";

const compiled = compileBlueprint(blueprint());
const group = compiled.groups.find(({ by }) => by.includes("device"))!;
const request = {
  ...{ decisionId: "d", useCase: "devices", unit: "u", context: { device: "one", site: "s" } },
  ...{ deferred: false, logged: null, candidates: [], answered: null },
} as never;

function reads(ask: FarWindows["ask"], held: readonly number[] = []) {
  const shares = new WindowShares();
  shares.hold(held, 4);
  const windows = { get: () => undefined, holds: () => true };
  return { shares, windows, far: new FarReads({ shares, ask }, windows) };
}

describe("parts of keys", () => {
  test("each key is of one part, which has the name of its group, and only parts that are held are had", () => {
    const shares = new WindowShares();
    expect(shares.areKnown).toBe(false);
    expect(shares.partOf(group, "one")).toBe(undefined);
    shares.hold([1, 3], 4);
    expect(shares.partsOf(group.stateId)).toEqual([`${group.stateId}@1.4`, `${group.stateId}@3.4`]);
    for (let n = 0; n < 100; n++) {
      const key = `key-${n}`;
      const part = shares.partOf(group, key)!;
      expect(part.stateId).toBe(`${group.stateId}@${shares.shareOf(key)}.4`);
      expect(stateIdOf(part.stateId)).toBe(group.stateId);
      expect(shares.heldPartOf(group, key)).toBe([1, 3].includes(shares.shareOf(key)) ? part : undefined);
    }
  });

  test("other partitions of the lookups make other parts", () => {
    const shares = new WindowShares();
    shares.hold([0], 4);
    const before = shares.partOf(group, "one")!.stateId;
    shares.hold([0], 8);
    expect(shares.version).toBe(2);
    expect(shares.partOf(group, "one")!.stateId).not.toBe(before);
  });
});

describe("what a decision reads of the parts of others", () => {
  test("is asked for, and is in the features when they are made again", async () => {
    const { far, windows } = reads((lookups) => Promise.resolve(lookups.map(() => [3, 0.5])));
    enrichBy(compiled, request, 1_000, windows, undefined, far);
    expect(far.lacks).toBe(true);
    await far.load(false);
    const made = enrichBy(compiled, request, 1_000, windows, undefined, far);
    expect(far.lacks).toBe(false);
    expect(made.features).toEqual([3, 0.5, 0]);
    expect(made.misfits).toBe(null);
  });

  test("is missing where it came too late, and is named", async () => {
    const { far, windows } = reads((lookups) => Promise.resolve(lookups.map(() => undefined)));
    enrichBy(compiled, request, 1_000, windows, undefined, far);
    await far.load(false);
    const made = enrichBy(compiled, request, 1_000, windows, undefined, far);
    expect(far.lacks).toBe(false);
    expect(made.features).toEqual([null, null, 0]);
    expect(made.misfits).toEqual({ n_1h: "late", load_6h: "late" });
  });

  test("is read here where the part is here", () => {
    const { far, windows } = reads(() => Promise.reject(new Error("nothing is to be asked")), [0, 1, 2, 3]);
    expect(enrichBy(compiled, request, 1_000, windows, undefined, far).features).toEqual([0, null, 0]);
    expect(far.lacks).toBe(false);
  });

  test("is asked for where the part is here but not settled or filled", () => {
    const { shares, windows } = reads(() => Promise.resolve([]), [0, 1, 2, 3]);
    const ask = () => Promise.resolve([]);
    for (const more of [{ holds: () => false }, { warming: new Set(shares.partsOf(group.stateId)) }]) {
      const far = new FarReads({ shares, ask }, { ...windows, ...more });
      enrichBy(compiled, request, 1_000, windows, undefined, far);
      expect(far.lacks).toBe(true);
    }
  });
});
