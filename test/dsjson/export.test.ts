import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLoopstream, type Loopstream } from "../../loop/embed/index.ts";
import type { DecisionRecorded, EventRecorded } from "../../schemas/index.ts";
import { random } from "../blueprints/random.ts";
import { loopstream, succeeding, temporaryDir } from "../e2e/command.ts";
import { eventually } from "../eventually.ts";
import { linesOf, type DsjsonLine } from "./lines.ts";

/** Records have the chosen offer alone: the features of the others are made again. */
const OFFERS = `useCase: offers
decisionSpace: { options: { price: number, fresh: boolean } }
context: { budget: number, plan: category }
observations: { taken: boolean }
events: { taken: { fields: [] } }
features:
  - budget
  - plan
  - dear: { formula: price > budget }
  - price
  - fresh
  - takings: { count: true, of: taken, by: option, in: 1h }
label: { name: taken, value: taken, wait: 1s }
policy: { choose: 0 - price }
exploration: { softmax: 40, floor: 0.02 }
join: { ttl: 1h }
`;
const REMIND = `useCase: remind
decisionSpace: boolean
context: { budget: number }
observations: { taken: boolean, money: number }
features: [budget]
labels:
  taken: { value: taken, wait: 1s }
  money: { value: money, wait: 1s, default: 0, objective: regression }
reward: 2 * taken + money
policy: { decide: taken > 0.5 }
exploration: { uniform: true }
join: { ttl: 1h }
`;
const RANKED = OFFERS.replace("useCase: offers", "useCase: ranked")
  .replace("choose: 0", "rank: 0")
  .replace("softmax: 40", "plackettLuce: 40");

const COUNT = 60;
const dir = temporaryDir();
const place = ["--dir", join(dir.path, "state")];
const run = succeeding(place);
afterAll(() => dir.remove());

const ids = ["o-a", "0042", "c d", 'q"'];
const next = random(11);
const asked = Array.from({ length: COUNT }, (_, i) => ({
  decisionId: `d-${i}`,
  context: { budget: Math.round(100 * next()), ...(i % 7 === 0 ? {} : { plan: i % 2 === 0 ? "free" : "1.0" }) },
  candidates: ids.map((optionId, at) => ({
    optionId,
    context: { price: Math.round(100 * next()), ...(at === 2 ? {} : { fresh: next() > 0.5 }) },
  })),
}));
type Asked = (typeof asked)[number];
const isTaken = (i: number): boolean => i % 3 === 0;

async function lived(loop: Loopstream): Promise<void> {
  for (const [i, request] of asked.entries()) {
    const { decisionId, context, candidates } = request;
    await loop.getDecision("offers", { ...request, unit: `u-${i}` }, { default: "o-a", timeout: 20_000 });
    const remind = { decisionId, unit: `u-${i}`, context: { budget: context.budget } };
    await loop.getDecision("remind", remind, { default: false, timeout: 20_000 });
    // The last ones are not observed.
    if (i >= COUNT - 5) continue;
    const kind = isTaken(i) ? { kind: "taken" } : {};
    const { optionId } = candidates[i % 4]!;
    await loop.logObservations(decisionId, { taken: isTaken(i), ...kind }, { useCase: "offers" });
    await loop.logEvent("taken", { option: optionId });
    await loop.logObservations(decisionId, { taken: isTaken(i), money: i }, { useCase: "remind" });
  }
  const late = { unit: "u-late", context: { budget: 3 }, deferred: true };
  await loop.getDecision("remind", { ...late, decisionId: "later" }, { default: false, timeout: 20_000 });
  await loop.logObservations("later", { taken: true }, { useCase: "remind" });
}

let offers: readonly DsjsonLine[];
let remind: readonly DsjsonLine[];
let ran: { readonly offers: Awaited<ReturnType<typeof run>>; readonly remind: Awaited<ReturnType<typeof run>> };
let events: readonly { readonly option: unknown; readonly time: number }[];
let recorded: readonly DecisionRecorded[];

beforeAll(async () => {
  const loop = await openLoopstream({ dir: join(dir.path, "state"), partitions: 2, schedules: false });
  try {
    for (const text of [OFFERS, REMIND, RANKED]) await loop.publishBlueprint(text);
    await lived(loop);
    const count = async (useCase: string): Promise<number> => {
      let rows = 0;
      for await (const _ of loop.rows(useCase)) rows++;
      return rows;
    };
    await eventually(async () => expect([await count("offers"), await count("remind")]).toEqual([55, 60]), {
      timeout: 60_000,
      interval: 200,
    });
  } finally {
    await loop.close();
  }
  const of = (name: string): string => join(dir.path, name);
  ran = {
    offers: await run("rows", "--use-case", "offers", "--out", of("offers.dsjson")),
    remind: await run("rows", "--use-case", "remind", "--format", "dsjson", "--out", of("remind.log.gz")),
  };
  offers = linesOf(of("offers.dsjson"));
  remind = linesOf(of("remind.log.gz"));
  const read = async <V>(topic: string): Promise<readonly { readonly value: V; readonly time: number }[]> => {
    const { stdout } = await loopstream(["topics", "read", topic, "--limit", "10000", ...place, "--json"]);
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly value: V; readonly time: number });
  };
  recorded = (await read<DecisionRecorded>("decisions")).map(({ value }) => value);
  events = (await read<EventRecorded>("events")).map(({ value: { attributes }, time }) => ({
    option: attributes["option"],
    time: new Date(time).getTime(),
  }));
}, 300_000);

const recordOf = (useCase: string, id: string): DecisionRecorded =>
  recorded.find((one) => one.useCase === useCase && one.decisionId === id)!;

describe("a choice among options", () => {
  test("has a line a labelled decision, and says how many have no label", () => {
    expect(offers).toHaveLength(COUNT - 5);
    expect(ran.offers.json).toMatchObject({ decisions: COUNT - 5, leftOut: { unlabelled: 5 }, leftOutRows: [] });
    expect(ran.offers.stderr).toContain("left out 5 decisions without a label yet, or ever");
  });

  test("has the action that was taken, its probability and cost, and the order of the others", () => {
    for (const line of offers) {
      const record = recordOf("offers", line.EventId);
      const [first] = line.a;
      expect(line._label_Action).toBe(first);
      expect(line._labelIndex).toBe(first! - 1);
      expect(ids[line._labelIndex]).toBe(record.value);
      expect(line._label_probability).toBe(record.propensity);
      expect(line.a.slice(1)).toEqual([1, 2, 3, 4].filter((action) => action !== first));
      expect(line.a.map((action, at) => [ids[action - 1], line.p[at]])).toEqual(
        line.a.map((action) => [record.actions[action - 1], record.distribution[action - 1]]),
      );
      expect(line.p.reduce((sum, one) => sum + one)).toBeCloseTo(1, 12);
      expect(line._label_cost).toBe(isTaken(Number(line.EventId.slice(2))) ? -1 : 0);
      expect([line.Version, line.pdrop, line.Unit]).toEqual(["1", 0, line.EventId.replace("d", "u")]);
      expect(Date.parse(line.Timestamp)).toBe(record.decisionTime);
    }
    expect(new Set(offers.map((line) => line._labelIndex)).size).toBe(4);
  });

  test("has the features of all options by name, though records have those of one", () => {
    for (const { EventId, c, Timestamp } of offers) {
      const at = Number(EventId.slice(2));
      const { context, candidates } = asked[at] as Asked;
      const { _multi: options, ...shared } = c;
      expect(recordOf("offers", EventId).options).toHaveLength(1);
      expect(shared).toEqual(context);
      // Windows count what was before the decision.
      const before = events.filter(({ time }) => time < Date.parse(Timestamp));
      expect(options, `${EventId} at ${Timestamp}`).toEqual(
        candidates.map(({ optionId, context: { price, fresh } }) => ({
          ...{ _tag: optionId, id: optionId, dear: price > context.budget, price },
          ...(fresh === undefined ? {} : { fresh }),
          takings: before.filter(({ option }) => option === optionId).length,
        })),
      );
    }
    expect(offers.some(({ c }) => c._multi.some((option) => (option["takings"] as number) > 0))).toBe(true);
  });
});

test(
  "derived features come back to the digit where a blueprint declares them as entries",
  { timeout: 60_000 },
  async () => {
    const plain = `useCase: plain
decisionSpace: { options: { dear: boolean, price: number, fresh: boolean, takings: number } }
context: { budget: number, plan: category }
observations: { reward: number }
features: [budget, plan, dear, price, fresh, takings]
label: { name: reward, value: reward, wait: 1s }
model: { objective: regression }
policy: { choose: price }
join: { ttl: 1h }
`;
    const here = succeeding(["--dir", join(dir.path, "plain")]);
    writeFileSync(join(dir.path, "plain.yaml"), plain);
    await here("blueprint", "publish", join(dir.path, "plain.yaml"));
    await here("import", "--use-case", "plain", "--dsjson", join(dir.path, "offers.dsjson"));
    await here("rows", "--use-case", "plain", "--out", join(dir.path, "plain.dsjson"));
    expect(readFileSync(join(dir.path, "plain.dsjson"), "utf8")).toBe(
      readFileSync(join(dir.path, "offers.dsjson"), "utf8"),
    );
  },
);

describe("a value", () => {
  test("has its actions as options without features, and minus the reward as cost", () => {
    expect(remind).toHaveLength(COUNT - 5);
    for (const line of remind) {
      const at = Number(line.EventId.slice(2));
      const { value, propensity } = recordOf("remind", line.EventId);
      expect(line.c).toEqual({
        budget: asked[at]!.context.budget,
        _multi: [
          { _tag: "false", id: "false" },
          { _tag: "true", id: "true" },
        ],
      });
      expect([line._labelIndex, line._label_probability, line.p]).toEqual([Number(value), propensity, [0.5, 0.5]]);
      expect(line._label_cost).toBe(0 - (2 * Number(isTaken(at)) + at));
    }
  });

  test("that is deferred and not activated is left out, and said", () => {
    expect(ran.remind.json).toMatchObject({ decisions: COUNT - 5, leftOut: { deferred: 1, unrewarded: 5 } });
    expect(ran.remind.stderr).toContain("left out 1 decision not shown yet: deferred and not activated");
  });

  test("takes a label as the reward", async () => {
    const { stdout } = await loopstream([
      ...["rows", "--use-case", "remind", "--format", "dsjson", "--reward", "money", ...place],
    ]);
    const costs = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as DsjsonLine)
      .map(({ EventId, _label_cost }) => [EventId, _label_cost]);
    expect(costs).toEqual(asked.map(({ decisionId }, i) => [decisionId, i < COUNT - 5 ? 0 - i : 0]));
  });
});

test("rankings, rows of a replay and a reward of tables are refused, each with the reason", async () => {
  const refused: unknown[] = [];
  for (const flags of [
    ["--use-case", "ranked", "--format", "dsjson"],
    ["--use-case", "offers", "--format", "dsjson", "--topic", "training-rows.offers"],
    ["--use-case", "offers", "--reward", "taken"],
    ["--use-case", "remind", "--format", "dsjson", "--reward", "tekan"],
  ]) {
    const { code, stderr, stdout } = await loopstream(["rows", ...flags, ...place]);
    refused.push([code, stderr, stdout]);
  }
  expect(refused).toEqual([
    [2, expect.stringContaining('use case "ranked" decides on rankings: a line has one action'), ""],
    [2, expect.stringContaining("takes no rows of a replay"), ""],
    [2, expect.stringContaining("only dsjson has a reward; add --format dsjson"), ""],
    [2, expect.stringContaining("--reward tekan is no label"), ""],
  ]);
});

test("decisions whose propensities are not known are left out, not made up", async () => {
  const state = ["--dir", join(dir.path, "history")];
  const here = succeeding(state);
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir.path, name), text);
    return join(dir.path, name);
  };
  await here("blueprint", "publish", file("offers.yaml", OFFERS));
  const lines = (all: readonly object[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join("");
  const line = (id: string, more: object): object => ({
    ...{ decision_id: id, decision_ts: "2026-03-08T10:00:00Z", budget: 5 },
    ...{ candidates: ["a", "b", "c"], item: "a", chance: null, ...more },
  });
  const history = [
    line("unknown", {}),
    line("others-unknown", { chance: 0.5 }),
    line("certain", { chance: 1 }),
    line("two", { chance: 0.25, candidates: ["a", "b"] }),
  ];
  const observed = ["unknown", "others-unknown", "certain", "two"].map((id) => ({
    ...{ decision_id: id, event_ts: "2026-03-08T10:00:00Z", taken: true },
  }));
  await here(
    ...["import", "--use-case", "offers", "--decisions", file("d.jsonl", lines(history))],
    ...["--observations", file("o.jsonl", lines(observed)), "--action", "item", "--propensity", "chance"],
  );
  const out = join(dir.path, "known.dsjson");
  const { json } = await here("rows", "--use-case", "offers", "--out", out);
  expect(json).toMatchObject({ decisions: 2, leftOut: { withoutPropensity: 1, withoutDistribution: 1 } });
  expect(linesOf(out).map(({ EventId, p }) => [EventId, p])).toEqual([
    ["certain", [1, 0, 0]],
    ["two", [0.25, 0.75]],
  ]);
  expect(readFileSync(out, "utf8").endsWith("}\n")).toBe(true);

  // An event that has come since changes what is made again.
  const late = { event_ts: "2026-03-08T09:59:00Z", option: "a" };
  await here("import", "--use-case", "offers", "--events", file("e.jsonl", lines([late])), "--kind", "taken");
  const after = await loopstream(["rows", "--use-case", "offers", "--format", "dsjson", ...state]);
  expect([after.code, after.stdout]).toEqual([4, ""]);
  expect(after.stderr).toContain(
    "left out 2 decisions with options that were not shown, whose features are other ones",
  );
});
