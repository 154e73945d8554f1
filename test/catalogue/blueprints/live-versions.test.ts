import { expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { validBlueprints } from "../../../catalogue/index.ts";
import type { BlueprintPublished } from "../../../schemas/index.ts";
import { random, shuffled } from "../../blueprints/random.ts";
import { PARCELS } from "../../operators/parcels.ts";
import { blueprintTableOf } from "../table-of.ts";

/** Versions that differ in their policy alone, in the order of their hashes. */
const texts = ["0.1", "0.2", "0.3", "0.4"]
  .map((bound) => PARCELS.replace("risk > 0.5", `risk > ${bound}`))
  .sort((a, b) => (parseBlueprint(a).version < parseBlueprint(b).version ? -1 : 1));
const versions = texts.map((text) => parseBlueprint(text).version);
const useCase = parseBlueprint(PARCELS).useCase;

/** A version's record, each activation `[time, live]`. */
function recordOf(at: number, activations: readonly (readonly [time: number, live: boolean])[]): BlueprintPublished {
  const said = activations.map(([time, live]) => ({ time, live }));
  return {
    useCase,
    version: versions[at]!,
    text: texts[at]!,
    activations: said,
    shadowings: [],
    parameters: [],
    modes: [],
  };
}
const live = (records: readonly BlueprintPublished[], time: number): number => {
  const found = validBlueprints(blueprintTableOf(records)).at(useCase, time)?.blueprint.version;
  return found === undefined ? -1 : versions.indexOf(found);
};
const lives = (records: readonly BlueprintPublished[], times: readonly number[]): readonly number[] =>
  times.map((time) => live(records, time));

test("a version is live strictly after its activation, until another one is, or it is withdrawn", () => {
  const records = [
    recordOf(0, [[10, true]]),
    recordOf(1, [
      [20, true],
      [30, false],
    ]),
  ];
  expect(lives(records, [9, 10, 11, 20, 21, 30, 31])).toEqual([-1, -1, 0, 0, 1, 1, -1]);
});

test("a version that is withdrawn when another one is live already changes nothing", () => {
  const records = [
    recordOf(0, [
      [10, true],
      [30, false],
    ]),
    recordOf(1, [[20, true]]),
  ];
  expect(lives(records, [11, 21, 31])).toEqual([0, 1, 1]);
});

test("a version that was replaced may be live again", () => {
  const records = [
    recordOf(0, [
      [10, true],
      [30, true],
    ]),
    recordOf(1, [[20, true]]),
  ];
  expect(lives(records, [11, 21, 31])).toEqual([0, 1, 0]);
});

test("of two at one moment the greater hash counts, and of one version's own activations the last", () => {
  expect(live([recordOf(2, [[10, true]]), recordOf(1, [[10, true]])], 11)).toBe(2);
  const both = [
    recordOf(1, [
      [10, true],
      [10, false],
    ]),
  ];
  expect(live(both, 11)).toBe(-1);
});

test("from a time on: the live version and those that will be, in their order", () => {
  const records = [recordOf(0, [[10, true]]), recordOf(1, [[20, true]]), recordOf(2, [[30, true]])];
  const from = (time: number): readonly number[] =>
    validBlueprints(blueprintTableOf(records))
      .from(useCase, time)
      .map(({ blueprint }) => versions.indexOf(blueprint.version));
  expect([5, 15, 25, 35].map(from)).toEqual([[0, 1, 2], [0, 1, 2], [1, 2], [2]]);
});

test("a version that this release can't read is live when it is, says why, and leaves the others alone", () => {
  const newer = { ...recordOf(1, [[20, true]]), text: "useCase: parcels\nplanets: 9\n" };
  const known = validBlueprints(blueprintTableOf([recordOf(0, [[10, true]]), newer]));
  expect([known.at(useCase, 15)?.blueprint.version, known.at(useCase, 25)]).toEqual([versions[0], undefined]);
  expect([known.problemAt(useCase, 15), known.problem(useCase, versions[0]!)]).toEqual([undefined, undefined]);
  expect(known.problemAt(useCase, 25)).toContain(`${useCase}/${versions[1]} can't be read by this release`);
  expect(known.unreadable()).toEqual([`${useCase}/${versions[1]}`]);
  expect(known.all().length).toBe(1);
});

test("the order of the records makes no difference", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = random(seed);
    const records = versions.map((_, at) => {
      const times = Array.from({ length: Math.floor(next() * 4) }, () => Math.floor(next() * 12)).sort((a, b) => a - b);
      return recordOf(
        at,
        times.map((time) => [time, next() < 0.7] as const),
      );
    });
    const every = Array.from({ length: 14 }, (_, time) => time);
    expect(lives(shuffled(records, next), every)).toEqual(lives(records, every));
  }
});
