import { spawnSync } from "node:child_process";
import { join } from "node:path";
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
  type DecisionRecorded,
  type Scored,
} from "../../schemas/index.ts";
import { createTestDriver, defineTopology, type TestDriver } from "../../streams/index.ts";
import { random } from "../blueprints/random.ts";
import { published, request, START } from "../operators/parcels.ts";

/** `DECISIONS=100000 npx vitest run test/exploration` checks more. */
const COUNT = Number(process.env["DECISIONS"] ?? 20_000);
const OPTIONS = 8;
const SHOW = 4;

const text = (policy: string, exploration: object, isOverOptions: boolean): string => `
useCase: parcels
decisionSpace: ${isOverOptions ? "{ options: { age: number } }" : "boolean"}
context: { weight: number, depot: key }
observations: { clicked: boolean }
features: [weight${isOverOptions ? ", age" : ""}]
label: { name: click, value: clicked, default: 0 }
policy: ${policy}
exploration: ${JSON.stringify(exploration)}
`;

const topology = defineTopology({ name: "t", operators: [decide("salt")], globals: [blueprintTable], clock });
let driver: TestDriver;
afterEach(() => driver.close());

const score = (next: () => number): number => Math.round(next() * 50) / 50;
const HEADS = 7;
const byHead = (next: () => number): Readonly<Record<string, number>> =>
  Object.fromEntries(Array.from({ length: HEADS }, (_, at) => [`click.head${at + 1}`, score(next)]));

/** Decisions of a policy with its exploration, as they are on the topic. */
async function* made(blueprint: string, count: number): AsyncIterable<DecisionRecorded> {
  driver = await createTestDriver(topology, { deadLetters, partitions: 1, start: START });
  await driver.input(blueprints).send(published(blueprint));
  const { version, decisionSpace } = parseBlueprint(blueprint);
  const next = random(42);
  for (let i = 0; i < count; i++) {
    const n = decisionSpace.kind === "options" ? 2 + Math.floor(next() * (OPTIONS - 1)) : 0;
    const candidates = Array.from({ length: n }, (_, at) => ({ optionId: `o${at}`, context: { age: at } }));
    const value: Scored = {
      enriched: {
        request: request(`d${i}`, { weight: 5, depot: "north" }, { candidates }),
        ...{ blueprintVersion: version, features: n === 0 ? [5] : [5, null], error: null, misfits: null },
        options: candidates.map(({ optionId, context: { age } }) => ({ optionId, features: [age] })),
      },
      modelId: "m1",
      predictions: n === 0 ? { click: next() } : {},
      options: candidates.map(() => ({ click: score(next), ...byHead(next) })),
    };
    await driver.input(scored).send({ key: value.enriched.request.decisionId, value, time: START });
    if (i % 1_000 === 999 || i === count - 1)
      for (const { value: decision } of driver.output(decisions).readAll()) yield decision;
  }
}

interface Checked {
  readonly decisions: number;
  readonly different: number;
  readonly furthest: number;
  readonly sumOff: number;
  readonly belowFloor: number;
  readonly deviations: Readonly<Record<string, number>>;
}

/** What the checker reads: only fields of the record. */
const line = (decision: DecisionRecorded, ranking: boolean): string => {
  const { decisionId, seed, actions, distribution, value, propensity, scores, beliefs, options } = decision;
  const shown = options.filter(({ position }) => position !== null);
  const order = { shown: shown.map(({ optionId }) => optionId), propensities: shown.map((one) => one.propensity) };
  return JSON.stringify({
    ...{ decisionId, seed, actions, distribution, value, propensity, scores, beliefs, ranking },
    ...order,
  });
};

async function check(policy: string, settings: Readonly<Record<string, unknown>>): Promise<Checked> {
  const { show: _, swap, within, ...others } = settings;
  const section = swap === undefined ? others : { ...others, swap: { probability: swap, within } };
  const lines: string[] = [];
  for await (const decision of made(text(policy, section, policy !== "{ decide: click > 0.5 }"), COUNT)) {
    lines.push(line(decision, policy === RANK));
  }
  const script = join(import.meta.dirname, "check_draws.py");
  const kind = Object.keys(settings)[0]!;
  const { stdout, stderr, status } = spawnSync("python3", [script, kind, JSON.stringify(settings)], {
    input: lines.join("\n"),
    encoding: "utf8",
    maxBuffer: 1 << 20,
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout) as Checked;
}

/** Two-sided, 1e-3 in all for up to ten actions. */
const MOST_DEVIATION = 4.1;
const BELIEVED = "{ formulas: { m: click, sd: (age + 1) / 40 }, choose: { score: click, exclude: click < 0.1 } }";
const GROWING = "{ formulas: { gamma: 20 * age }, choose: { score: click, exclude: click < 0.1 } }";
const CHOOSE = "{ choose: { score: click, exclude: click < 0.1 } }";
const RANK = `{ rank: { score: click, show: ${SHOW} } }`;

describe("decisions, each made again in Python from its record alone,", () => {
  test.each([
    [CHOOSE, { epsilonGreedy: 0.2 }],
    [CHOOSE, { epsilonGreedy: 0.4, share: 0.5, floor: 0.01 }],
    [CHOOSE, { softmax: 0.1 }],
    [CHOOSE, { softmax: 0.05, floor: 0.02, share: 0.7 }],
    [CHOOSE, { squareCb: 50 }],
    [CHOOSE, { bootstrap: HEADS, floor: 0.01, share: 0.8 }],
    [GROWING, { squareCb: "gamma", floor: 0.002 }],
    [CHOOSE, { uniform: true, share: 0.3 }],
    ["{ decide: click > 0.5 }", { epsilonGreedy: 0.3 }],
  ])("of %s with %j are the same, and were chosen as often as they say", async (policy, settings) => {
    const { deviations, ...checked } = await check(policy, settings);
    expect(checked).toMatchObject({ decisions: COUNT, different: 0, belowFloor: 0 });
    expect(checked.furthest).toBeLessThan(1e-12);
    expect(checked.sumOff).toBeLessThan(1e-12);
    expect(Object.keys(deviations).length).toBeGreaterThan(1);
    expect(Math.max(...Object.values(deviations).map(Math.abs))).toBeLessThan(MOST_DEVIATION);
  });

  test("of beliefs are the same, with probabilities that are near the integral", async () => {
    const { deviations, ...checked } = await check(BELIEVED, {
      thompson: { normal: ["m", "sd"] },
      floor: 0.001,
    });
    expect(checked).toMatchObject({ decisions: COUNT, different: 0, belowFloor: 0 });
    expect(checked.furthest).toBeLessThan(2e-3);
    expect(checked.sumOff).toBeLessThan(1e-12);
    expect(Math.max(...Object.values(deviations).map(Math.abs))).toBeLessThan(MOST_DEVIATION);
  });

  test.each([
    { plackettLuce: 0.1, show: SHOW },
    { plackettLuce: 0.05, floor: 0.01, share: 0.6, show: SHOW },
    { swap: 0.3, within: 3, show: SHOW },
    { uniform: true, share: 0.5, show: SHOW },
  ])("of a ranking with %j are the same", async (settings) => {
    const checked = await check(RANK, settings);
    expect(checked).toMatchObject({ decisions: COUNT, different: 0 });
    expect(checked.furthest).toBeLessThan(1e-12);
  });
});
