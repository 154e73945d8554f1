import { afterEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { decide } from "../../operators/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisions,
  scored,
  type BlueprintPublished,
  type DecisionRecorded,
  type Scored,
} from "../../schemas/index.ts";
import { createTestDriver, defineTopology, SOURCE_HEADER, type TestDriver } from "../../streams/index.ts";
import { published, request, START } from "./parcels.ts";

const topology = defineTopology({ name: "t", operators: [decide("salt")], globals: [blueprintTable], clock });
let driver: TestDriver;
let version: string;
let text: string;
afterEach(() => driver.close());

const OPTIONS = "{ options: { age: number } }";
async function open(policy: string, learning: string, space = OPTIONS, more = ""): Promise<void> {
  text = `
useCase: parcels
decisionSpace: ${space}
context: { weight: number, depot: key }
observations: { clicked: boolean }
features: [weight${space === OPTIONS ? ", age" : ""}]
label: { name: click, value: clicked, default: 0 }
policy: ${policy}
learning: ${learning}
${more}`;
  driver = await createTestDriver(topology, { deadLetters, partitions: 1, start: START });
  ({ version } = parseBlueprint(text));
  await driver.input(blueprints).send(published(text));
}

interface Asked {
  readonly id?: string;
  readonly unit?: string;
  /** Predictions of the options; null: there is no model. */
  readonly clicks?: readonly number[] | null;
  readonly weight?: number;
  readonly time?: number;
  readonly logged?: { readonly value: string; readonly propensity: number };
}
async function made(one: Asked): Promise<DecisionRecorded> {
  const { id = "d", unit = "u", clicks = null, weight = 5, time = START, logged } = one;
  const candidates = ["a", "b", "c"].map((optionId, at) => ({ optionId, context: { age: at } }));
  const isOverOptions = text.includes(OPTIONS);
  const asked = request(
    id,
    { weight, depot: "north" },
    { candidates, unit, logged: logged ? { ...logged, distribution: [], positions: [] } : null },
  );
  const value: Scored = {
    enriched: {
      request: asked,
      ...{ blueprintVersion: version, features: isOverOptions ? [weight, null] : [weight], error: null, misfits: null },
      options: isOverOptions ? candidates.map(({ optionId, context: { age } }) => ({ optionId, features: [age] })) : [],
    },
    modelId: clicks === null ? null : "m1",
    predictions: clicks === null || isOverOptions ? {} : { click: clicks[0]! },
    options: isOverOptions ? (clicks ?? []).map((click) => ({ click })) : [],
  };
  const headers = logged === undefined ? {} : { [SOURCE_HEADER]: Buffer.from("file") };
  await driver.input(scored).send({ key: id, value, time, headers });
  return driver.output(decisions).read()!.value;
}
const shown = ({ options }: DecisionRecorded): readonly string[] =>
  options.filter(({ position }) => position !== null).map(({ optionId }) => optionId);
const CLICKS = [0.1, 0.9, 0.5];

describe("a choice", () => {
  test("of an apprentice is the product's first option, with the policy's beside it", async () => {
    await open("{ choose: click }", "{ mode: apprentice }");
    const decision = await made({ clicks: CLICKS });
    expect(decision).toMatchObject({
      ...{ value: "a", proposed: ["b"], reason: "control", mode: "apprentice", propensity: 1 },
      ...{ actions: ["a", "b", "c"], distribution: [1, 0, 0], scores: [] },
    });
    expect(decision.options[0]).toMatchObject({ optionId: "a", score: 0.1, predictions: { click: 0.1 } });
  });

  test("proposes what would have been drawn online", async () => {
    const exploration = "exploration: { softmax: 1 }";
    await open("{ choose: click }", "{ mode: online }", OPTIONS, exploration);
    const online = new Map<string, unknown>();
    for (let i = 0; i < 50; i++) online.set(`d${i}`, (await made({ id: `d${i}`, clicks: CLICKS })).value);
    await driver.close();
    await open("{ choose: click }", "{ mode: apprentice }", OPTIONS, exploration);
    for (const [id, value] of online) {
      expect(await made({ id, clicks: CLICKS })).toMatchObject({ value: "a", proposed: [value] });
    }
    expect(new Set(online.values())).toEqual(new Set(["a", "b", "c"]));
  });

  test("that is only logged is drawn from all that may be chosen, with and without a model", async () => {
    await open("{ choose: { score: click, exclude: age > 1 } }", "{ mode: loggingOnly, logging: uniform }");
    const values = new Map<unknown, number>();
    for (let i = 0; i < 2_000; i++) {
      const clicks = i % 2 === 0 ? CLICKS : null;
      const decision = await made({ id: `d${i}`, clicks });
      expect(decision).toMatchObject({
        ...{ reason: "explore", mode: "loggingOnly", propensity: 0.5 },
        ...{ distribution: [0.5, 0.5, 0], scores: [0, 0, null], proposed: clicks === null ? [] : ["b"] },
      });
      values.set(decision.value, (values.get(decision.value) ?? 0) + 1);
    }
    // Within four standard deviations.
    expect(Math.abs(values.get("a")! - 1_000)).toBeLessThan(90);
    expect(values.size).toBe(2);
  });

  test("of history is what was taken then, whatever the mode", async () => {
    await open("{ choose: click }", "{ mode: apprentice, holdout: 0.9 }");
    const decision = await made({ clicks: CLICKS, logged: { value: "c", propensity: 0.2 } });
    expect(decision).toMatchObject({ value: "c", propensity: 0.2, reason: "logged", proposed: [] });
    expect(decision.options[0]).toMatchObject({ optionId: "c", propensity: 0.2 });
  });
});

test("a ranking of an apprentice is the order of the request within the policy's limits", async () => {
  await open("{ rank: { score: click, show: 2, exclude: age < 1 } }", "{ mode: apprentice }");
  const decision = await made({ clicks: CLICKS });
  expect([shown(decision), decision.proposed]).toEqual([
    ["b", "c"],
    ["b", "c"],
  ]);
  const other = await made({ id: "e", clicks: [0.1, 0.2, 0.5] });
  expect([shown(other), other.proposed, other.reason]).toEqual([["b", "c"], ["c", "b"], "control"]);
  expect(other.options.map(({ score }) => score)).toEqual([0.2, 0.5]);
});

describe("a value", () => {
  test("of an apprentice is that of the baseline, and null without one", async () => {
    await open("{ decide: click > 0.5 }", '{ mode: apprentice, baseline: "weight > 4" }', "boolean");
    expect(await made({ clicks: [0.1] })).toMatchObject({
      ...{ value: true, proposed: [false], reason: "control", propensity: 1, distribution: [0, 1] },
    });
    await driver.close();
    await open("{ decide: click > 0.5 }", "{ mode: apprentice }", "boolean");
    expect(await made({ clicks: [0.9] })).toMatchObject({
      ...{ value: null, proposed: [true], reason: "control", propensity: null, distribution: [] },
    });
  });

  test("that is only logged is drawn uniformly", async () => {
    await open("{ decide: click > 0.5 }", "{ mode: loggingOnly, logging: uniform }", "boolean");
    const values = new Set<unknown>();
    for (let i = 0; i < 30; i++) {
      const decision = await made({ id: `d${i}`, clicks: [0.9] });
      expect(decision).toMatchObject({ propensity: 0.5, reason: "explore", proposed: [true] });
      values.add(decision.value);
    }
    expect(values).toEqual(new Set([true, false]));
  });
});

test("a unit is held out in every version with the same share or a larger one, and others never are", async () => {
  const outOf = async (policy: string, holdout: number): Promise<ReadonlySet<string>> => {
    await open(policy, `{ holdout: ${holdout} }`);
    const out = new Set<string>();
    for (let i = 0; i < 2_000; i++) {
      const decision = await made({ id: `d${i}`, unit: `u${i}`, clicks: CLICKS });
      if (decision.reason === "holdout") out.add(`u${i}`);
      else expect(decision).toMatchObject({ value: "b", reason: "exploit", proposed: [] });
      if (decision.reason === "holdout")
        expect(decision).toMatchObject({ value: "a", mode: "online", proposed: ["b"], propensity: 1 });
    }
    await driver.close();
    return out;
  };
  const some = await outOf("{ choose: click }", 0.1);
  // Within four standard deviations.
  expect(Math.abs(some.size - 200)).toBeLessThan(54);
  expect(await outOf("{ choose: 2 * click }", 0.1)).toEqual(some);
  const more = await outOf("{ choose: click }", 0.2);
  expect([...some].filter((unit) => !more.has(unit))).toEqual([]);
  expect(more.size).toBeGreaterThan(some.size);
  await open("{ choose: click }", "{ holdout: 0 }");
}, 60_000);

test("a mode that is set counts for decisions strictly after its time", async () => {
  await open("{ choose: click }", "{ mode: apprentice }");
  const record = published(text);
  const modes: BlueprintPublished["modes"] = [
    { time: START + 10, mode: "online" },
    { time: START + 20, mode: "loggingOnly" },
  ];
  await driver.input(blueprints).send({ ...record, value: { ...record.value, modes } });
  const seen: unknown[] = [];
  for (const at of [0, 10, 11, 20, 21]) {
    const { mode, value, proposed } = await made({ id: `d${at}`, clicks: CLICKS, time: START + at });
    seen.push([mode, value, proposed.join()]);
  }
  expect(seen).toEqual([
    ["apprentice", "a", "b"],
    ["apprentice", "a", "b"],
    ["online", "b", ""],
    ["online", "b", ""],
    ["loggingOnly", "a", "b"],
  ]);
});
