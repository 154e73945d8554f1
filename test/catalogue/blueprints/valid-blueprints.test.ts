import { expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { validBlueprints, versionStates } from "../../../catalogue/index.ts";
import type { Activation, BlueprintPublished } from "../../../schemas/index.ts";
import { edited, SMALL } from "../../blueprints/fixtures.ts";
import { random, shuffled } from "../../blueprints/random.ts";
import { blueprintTableOf } from "../table-of.ts";

const texts = [SMALL, edited("depth: 4", "depth: 5"), edited("depth: 4", "depth: 6")];
const versions = texts.map((text) => parseBlueprint(text).version);
const record = (
  at: number,
  ...activations: readonly (readonly [time: number, live: boolean])[]
): BlueprintPublished => ({
  useCase: "small",
  version: versions[at]!,
  text: texts[at]!,
  activations: activations.map(([time, live]): Activation => ({ time, live })),
});
const liveAt = (records: readonly BlueprintPublished[], time: number): string | undefined =>
  validBlueprints(blueprintTableOf(records)).at("small", time)?.blueprint.version;

test("a version is live strictly after its activation, until another one is or it is withdrawn", () => {
  const records = [record(0, [10, true], [40, true]), record(1, [20, true], [30, false])];
  const live = [10, 11, 20, 21, 30, 31, 40, 41].map((time) => liveAt(records, time));
  const [first, second] = versions;
  expect(live).toEqual([undefined, first, first, second, second, undefined, undefined, first]);
});

test("to withdraw a version that another one has replaced changes nothing", () => {
  expect(liveAt([record(0, [10, true], [30, false]), record(1, [20, true])], 31)).toBe(versions[1]);
});

test("a version that is made live and withdrawn at the same moment is withdrawn, and the other way round it is live", () => {
  expect(liveAt([record(0, [10, true], [20, true], [20, false])], 21)).toBeUndefined();
  expect(liveAt([record(0, [10, true], [20, false], [20, true])], 21)).toBe(versions[0]);
});

test("of two versions made live at the same moment every reader takes the same", () => {
  const records = [record(0, [10, true]), record(1, [10, true]), record(2, [10, true])];
  expect(liveAt(records, 11)).toBe([...versions].sort().at(-1));
  expect(liveAt([...records].reverse(), 11)).toBe([...versions].sort().at(-1));
});

test("at any time the newest activation strictly before it decides, whatever the order of the records", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const next = random(seed);
    const all = texts.map((_, at) => {
      const times = Array.from({ length: Math.floor(next() * 5) }, () => Math.floor(next() * 20)).sort((a, b) => a - b);
      return record(at, ...times.map((time): readonly [number, boolean] => [time, next() < 0.7]));
    });
    const valid = validBlueprints(blueprintTableOf(shuffled(all, next)));
    for (let time = 0; time <= 21; time++) expect(valid.at("small", time)?.blueprint.version).toBe(expected(all, time));
  }
});

/** The same, said another way: all activations up to a time, one after the other. */
function expected(records: readonly BlueprintPublished[], time: number): string | undefined {
  let live: string | undefined;
  for (let at = 0; at < time; at++) {
    for (const { version, activations } of [...records].sort((a, b) => (a.version < b.version ? -1 : 1))) {
      const here = activations.findLast((activation) => activation.time === at);
      if (here?.live === true) live = version;
      else if (here !== undefined && live === version) live = undefined;
    }
  }
  return live;
}

test("versions from a time on are the one that is live then and those that will be", () => {
  const valid = validBlueprints(
    blueprintTableOf([record(0, [10, true]), record(1, [20, true]), record(2, [30, true])]),
  );
  const from = (time: number) => valid.from("small", time).map(({ blueprint }) => blueprint.version);
  expect(from(0)).toEqual(versions);
  expect(from(20)).toEqual(versions);
  expect(from(21)).toEqual(versions.slice(1));
  expect(from(31)).toEqual(versions.slice(2));
});

test("a version that this release can't read is valid when it is, has no compiled form, and says why", () => {
  const newer: BlueprintPublished = { ...record(1, [20, true]), text: "useCase: small\nsomething: newer\n" };
  const valid = validBlueprints(blueprintTableOf([record(0, [10, true]), newer]));
  expect(valid.at("small", 15)?.blueprint.version).toBe(versions[0]);
  expect(valid.at("small", 25)).toBeUndefined();
  expect(valid.problemAt("small", 15)).toBeUndefined();
  expect(valid.problemAt("small", 25)).toContain(`blueprint small/${versions[1]!} can't be read by this release`);
  expect(valid.unreadable()).toEqual([`small/${versions[1]!}`]);
});

test("the table answers by what it holds now", () => {
  const table = blueprintTableOf([record(0, [10, true])]);
  expect(validBlueprints(table).at("small", 25)?.blueprint.version).toBe(versions[0]);
  expect(validBlueprints(table)).toBe(validBlueprints(table));
  table.put(record(1, [20, true]));
  expect(validBlueprints(table).at("small", 25)?.blueprint.version).toBe(versions[1]);
});

test("the state of each version says since when and until when it is live", () => {
  const records = [record(0, [10, true]), record(1, [20, true], [30, false]), record(2)];
  expect(versionStates(records, 15)).toEqual([
    { state: "live", since: 10, until: 20 },
    { state: "later", since: 20, until: 30 },
    { state: "notLive", since: null, until: null },
  ]);
  expect(versionStates(records, 31).map(({ state }) => state)).toEqual(["replaced", "withdrawn", "notLive"]);
});
