import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import { blueprints, clock, deadLetters, decisions, joined, observations } from "../../schemas/index.ts";
import {
  createMemoryEngine,
  createTestDriver,
  defineTopology,
  type StateEngine,
  type TestDriver,
} from "../../streams/index.ts";
import { backgroundEngine } from "../streams/state/background-engine.ts";
import { decision, HOUR, published, START } from "./parcels.ts";

const TEXT = `
useCase: parcels
decisionSpace: { options: { age: number } }
context: { weight: number }
observations: { y: number }
features: [weight, age]
label: { name: stars, value: y, aggregate: sum, wait: 2h, default: none }
model: { objective: regression }
join: { ttl: 8h }
policy: { rank: stars }
`;
const { version } = parseBlueprint(TEXT);
const topology = defineTopology({ name: "t", operators: [join()], globals: [blueprintTable], clock });
const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `o${n}`);

const engines: readonly (readonly [string, () => StateEngine])[] = [
  ["an engine that reads within handlers", createMemoryEngine],
  ["an engine that must load", backgroundEngine],
];

describe.each(engines)("an observation of an option that was not shown, on %s", (_, engine) => {
  let driver: TestDriver;
  beforeEach(async () => {
    driver = await createTestDriver(topology, { deadLetters, partitions: 1, start: START, engine: engine() });
    await driver.input(blueprints).send(published(), published(TEXT));
  });
  afterEach(() => driver.close());

  const decide = (shown: readonly string[], time = START, more = {}) => {
    const options = shown.map((optionId, at) => ({
      ...{
        optionId,
        features: [at],
        predictions: {},
        score: null,
        position: at + 1,
        sampled: 1,
        propensity: 1,
        keys: {},
      },
    }));
    const value = decision("d", time, { blueprintVersion: version, features: [5, null], options, ...more });
    return driver.input(decisions).send({ key: "d", value, time });
  };
  const observe = (name: string, optionId: string, y = 1) =>
    driver.input(observations).send({
      key: "d",
      value: {
        ...{ observationId: name, optionId, activation: false, decisionId: "d", useCase: "" },
        // The last two are the label of the decision without options.
        values: { y, kind: "arrival", delay: 20 },
      },
      time: START + HOUR,
    });
  const dead = (): readonly string[] => driver.deadLetters().map(({ code, message }) => `${code}: ${message}`);
  const rows = (): readonly unknown[] =>
    driver
      .output(joined)
      .readAll()
      .filter(({ value }) => value.maturity !== "expired")
      .map(({ value: { decision: of, option, label } }) => [
        option === null ? null : of.options[option]!.optionId,
        label,
      ]);

  test("is told with the first twelve that were", async () => {
    await decide(ids(14));
    await observe("1", "nobody");
    await observe("2", "o13");
    const first = ids(12).map((id) => JSON.stringify(id));
    expect(dead()).toEqual([
      `UNKNOWN_OPTION: decision d did not show the option "nobody": it showed ${first.join(", ")}, …`,
    ]);
    await driver.advanceTo(START + 8 * HOUR);
    expect(rows()).toEqual([["o13", 1]]);
  });

  test.each(["before", "after"])("of a decision without options is one too, %s it", async (when) => {
    const value = decision("d", START);
    const made = () => driver.input(decisions).send({ key: "d", value, time: START });
    if (when === "after") await made();
    await observe("1", "a");
    if (when === "before") await made();
    expect(dead()).toEqual(['UNKNOWN_OPTION: decision d did not show the option "a": it showed no options']);
    await driver.advanceTo(START + 8 * HOUR);
    expect(rows()).toEqual([]);
  });

  test("counts for the decision that showed it, of two use cases with one id", async () => {
    const other = TEXT.replace("useCase: parcels", "useCase: others");
    await driver.input(blueprints).send(published(other));
    await decide(["a"]);
    await decide(["b"], START, { useCase: "others", blueprintVersion: parseBlueprint(other).version });
    await observe("1", "b", 3);
    await driver.advanceTo(START + 8 * HOUR);
    expect([dead(), rows()]).toEqual([[], [["b", 3]]]);
  });

  test.each([3, 20])(
    "is told if another record of the id takes the place of the one that showed it, of %i",
    async (count) => {
      await decide(["a", "b"], START + 1_000);
      for (const name of ids(count)) await observe(name, "a");
      await observe("of b", "b", 5);
      expect(dead()).toEqual([]);
      await decide(["b", "c"], START);
      const letters = dead();
      expect(letters.filter((letter) => letter.startsWith("DECISION_ID_REUSED"))).toHaveLength(1);
      expect(letters.filter((letter) => letter.startsWith("UNKNOWN_OPTION"))).toEqual(
        ids(count).map(() => 'UNKNOWN_OPTION: decision d did not show the option "a": it showed "b", "c"'),
      );
      await driver.restart();
      await driver.advanceTo(START + 8 * HOUR);
      expect(rows()).toEqual([["b", 5]]);
    },
  );
});
