import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLoopstream, type Loopstream } from "../../loop/embed/index.ts";
import type { Evaluation } from "../../recompute/index.ts";
import type { DecisionRecorded } from "../../schemas/index.ts";
import { random } from "../blueprints/random.ts";
import { eventually } from "../eventually.ts";
import { loopstream, succeeding, temporaryDir } from "../e2e/command.ts";

/** Of four offers one is made; it is taken if it is cheap enough for this customer, mostly. */
const OFFERS = `useCase: offers
decisionSpace: { options: { price: number } }
context: { budget: number }
observations: { taken: boolean }
features: [budget, price]
label: { name: taken, value: taken, wait: 1s }
model: { rounds: 20, depth: 3 }
policy: { choose: taken }
exploration: { softmax: 0.3, floor: 0.02 }
training: { minRows: 100 }
join: { ttl: 1h }
`;
/** The same as a question of yes or no. */
const REMIND = `useCase: remind
decisionSpace: boolean
context: { budget: number }
observations: { taken: boolean }
features: [budget]
label: { name: taken, value: taken, wait: 1s }
model: { rounds: 20, depth: 3 }
policy: { decide: taken > 0.5 }
exploration: { epsilonGreedy: 0.3 }
learning: { logging: uniform }
training: { minRows: 100 }
join: { ttl: 1h }
`;
const RANKED = OFFERS.replace("useCase: offers", "useCase: ranked")
  .replace("choose: taken", "rank: taken")
  .replace("softmax: 0.3", "plackettLuce: 0.3");

const COUNT = 300;
const dir = temporaryDir();
const place = ["--dir", join(dir.path, "state")];
afterAll(() => dir.remove());
const file = (name: string, text: string): string => {
  const path = join(dir.path, name);
  writeFileSync(path, text);
  return path;
};

/** Asks and observes; each has its row in the end. */
async function lived(loop: Loopstream, useCase: string, from: number): Promise<void> {
  const next = random(from + 1);
  for (let i = from; i < from + COUNT; i++) {
    const budget = Math.round(100 * next());
    const candidates = ["a", "b", "c", "d"].map((optionId) => ({
      optionId,
      context: { price: Math.round(100 * next()) },
    }));
    const decisionId = `${useCase}-${i}`;
    const request = { decisionId, unit: `u-${i}`, context: { budget } };
    const asked = useCase === "offers" ? { ...request, candidates } : request;
    const fallback = useCase === "offers" ? "a" : false;
    const { value } = await loop.getDecision(useCase, asked, { default: fallback, timeout: 20_000 });
    const price = candidates.find(({ optionId }) => optionId === value)?.context.price ?? (value === true ? 40 : 60);
    await loop.logObservations(decisionId, { taken: price < budget === next() > 0.1 });
  }
  const rows = async (): Promise<number> => {
    let count = 0;
    for await (const _ of loop.rows(useCase)) count++;
    return count;
  };
  await eventually(async () => expect(await rows()).toBe(from + COUNT), { timeout: 60_000, interval: 200 });
}

const versions: Record<string, string> = {};
/** Between the decisions without a model and those with one. */
const middle: Record<string, string> = {};
beforeAll(async () => {
  // One model serves to the end.
  const loop = await openLoopstream({ dir: join(dir.path, "state"), partitions: 2, schedules: false });
  try {
    await loop.publishBlueprint(RANKED);
    for (const [useCase, text] of Object.entries({ offers: OFFERS, remind: REMIND })) {
      versions[useCase] = (await loop.publishBlueprint(text)).version;
      await lived(loop, useCase, 0);
      expect(await loop.train(useCase)).toMatchObject({ kind: "trained", promoted: true });
      await loop.idle();
      middle[useCase] = new Date().toISOString();
      await lived(loop, useCase, COUNT);
    }
  } finally {
    await loop.close();
  }
}, 600_000);

async function evaluated(
  useCase: string,
  ...more: readonly string[]
): Promise<Evaluation & { readonly code: number | null }> {
  const ran = await loopstream(["evaluate", "--use-case", useCase, ...more, ...place, "--json"]);
  expect(ran.json, ran.stdout + ran.stderr).toHaveProperty("support");
  return { ...(ran.json as unknown as Evaluation), code: ran.code };
}

/** Decisions since there is a model. */
async function recorded(useCase: string): Promise<readonly DecisionRecorded[]> {
  const { stdout } = await loopstream(["topics", "read", "decisions", "--limit", "10000", ...place, "--json"]);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { value: DecisionRecorded }).value)
    .filter((one) => one.useCase === useCase && one.modelId !== null);
}

describe.each(["offers", "remind"])("the decisions of %s", (useCase) => {
  test("say of their own policy what it has earned: all weights are 1", async () => {
    const found = await evaluated(useCase, "--policy", versions[useCase]!, "--from", middle[useCase]!);
    expect(found).toMatchObject({ code: 0, predictions: "model", rewarded: COUNT, refused: [] });
    expect(found.support.decisions).toBe(COUNT);
    expect(found.support.effectiveDecisions).toBeCloseTo(COUNT, 6);
    expect(found.support.largestWeight).toBeCloseTo(1, 9);
    for (const name of ["IPS", "SNIPS"]) expect(found.estimates![name]!.value).toBeCloseTo(found.logged!.value, 9);
  });

  test("weigh as their records say for a policy that takes anything", async () => {
    const found = await evaluated(useCase, "--policy", "uniform", "--from", middle[useCase]!);
    const weights = (await recorded(useCase)).map(({ actions, propensity }) => 1 / actions.length / propensity!);
    const sum = weights.reduce((all, weight) => all + weight, 0);
    const squares = weights.reduce((all, weight) => all + weight ** 2, 0);
    expect(weights).toHaveLength(COUNT);
    expect(found.support.effectiveDecisions).toBeCloseTo(sum ** 2 / squares, 6);
    expect(found.support.meanWeight).toBeCloseTo(sum / COUNT, 9);
  });
});

test("a trained choice is better than the draws before it, as these say", async () => {
  const to = ["--to", middle["offers"]!];
  const found = await evaluated("offers", "--policy", versions["offers"]!, ...to);
  expect(found).toMatchObject({ code: 0, predictions: "model", rewarded: COUNT });
  expect(found.logged!.value).toBeLessThan(found.estimates!["SNIPS"]!.value);
  const { value, standardError } = found.estimates!["DR"]!;
  const later = await evaluated("offers", "--policy", versions["offers"]!, "--from", middle["offers"]!);
  expect(Math.abs(later.logged!.value - value)).toBeLessThan(
    3 * Math.hypot(standardError, later.logged!.standardError),
  );
});

test("rankings are refused, with the reason", async () => {
  const { code, stderr } = await loopstream(["evaluate", "--use-case", "ranked", "--policy", "uniform", ...place]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('use case "ranked" decides on rankings')]);
});

describe("a choice of history", () => {
  const state = ["--dir", join(dir.path, "history")];
  /** Of the decisions: prices of the options, the option that was taken, and whether the customer took it. */
  const next = random(7);
  const history = Array.from({ length: 400 }, (_, i) => {
    const prices = Array.from({ length: 5 }, () => Math.round(1_000 * next()));
    const chances = prices.map((_, at) => (at === 0 ? 0.4 : 0.15));
    let [at, rest] = [0, next()];
    while (at < 4 && rest >= chances[at]!) rest -= chances[at++]!;
    return {
      id: `h-${i}`,
      time: new Date(Date.UTC(2026, 2, 8, 10, i)),
      prices,
      at,
      chance: chances[at]!,
      taken: next() > 0.6,
    };
  });

  test("with propensities and candidates is weighed by the options of each request", async () => {
    const run = succeeding(state);
    await run("blueprint", "publish", file("offers.yaml", OFFERS));
    const decisions = history.map(({ id, time, prices, at, chance }) => ({
      ...{ decision_id: id, decision_ts: time, budget: 50, item: `o${at}`, chance },
      candidates: prices.map((price, option) => ({ optionId: `o${option}`, context: { price } })),
    }));
    const seen = history.map(({ id, time, taken }) => ({ decision_id: id, event_ts: time, taken }));
    const lines = (all: readonly object[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join("");
    await run(
      ...["import", "--use-case", "offers", "--decisions", file("d.jsonl", lines(decisions))],
      ...["--observations", file("o.jsonl", lines(seen)), "--action", "item", "--propensity", "chance"],
    );
    const cheapest = OFFERS.replace("choose: taken", "choose: 0 - price").replace(
      "softmax: 0.3, floor: 0.02",
      "epsilonGreedy: 0.5",
    );
    const { json } = await run("evaluate", "--use-case", "offers", "--policy", file("cheapest.yaml", cheapest));
    const found = json as unknown as Evaluation;
    const weights = history.map(({ prices, at, chance }) => {
      const best = prices.indexOf(Math.min(...prices));
      return (0.5 / 5 + (at === best ? 0.5 : 0)) / chance;
    });
    const ips = weights.reduce((sum, weight, row) => sum + weight * Number(history[row]!.taken), 0) / 400;
    expect(found).toMatchObject({ rewarded: 400, predictions: "logged", support: { decisions: 400 } });
    expect(found.support.meanWeight).toBeCloseTo(weights.reduce((sum, weight) => sum + weight, 0) / 400, 9);
    expect(found.estimates!["IPS"]!.value).toBeCloseTo(ips, 9);
  });
});
