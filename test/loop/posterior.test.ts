import { afterEach, expect, test } from "vitest";
import { publishBlueprint } from "../../loop/index.ts";
import { audit } from "../../recompute/index.ts";
import { decisions, posteriors, type DecisionRecorded } from "../../schemas/index.ts";
import { HOUR, START } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const OFFERS = `
useCase: offers
decisionSpace: { actions: [a, b, c] }
context: { x: number, y: number }
observations: { clicked: boolean }
features: [x, y]
label: { name: click, value: clicked, aggregate: any, wait: 10s, default: 0 }
posterior: { after: 20s }
policy: { choose: posteriorMean + 0.3 * posteriorDeviation }
training: { schedule: none, freshRows: none }
`;
/** The same is learnt, and decided otherwise. */
const DRAWN = OFFERS.replace(
  "policy: { choose: posteriorMean + 0.3 * posteriorDeviation }",
  `policy: { formulas: { gamma: 10 * sqrt(posteriorAllRows + 1) }, choose: posteriorMean }
exploration: { squareCb: gamma }`,
);
/** Scores need a model too. */
const MODELLED = OFFERS.replace("choose: posteriorMean", "choose: click + posteriorMean");

let live: LiveLoop;
afterEach(() => live.close());

/** One decision a second, each with its click, and all learnt after every tenth: well before it counts. */
async function decide(from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) {
    live.now += 1_000;
    const [id, context] = [`d${n}`, { x: Math.sin(n), y: Math.cos(n) }];
    const { value } = await live.client.getDecision("offers", { unit: `u${n}`, decisionId: id, context });
    const clicked = value === (Math.sin(n) > 0 ? "a" : "b");
    await live.client.logObservations(id, { clicked }, { useCase: "offers" });
    if (n % 10 === 9) {
      await live.tick();
      await live.loop.idle();
    }
  }
}

const made = async (): Promise<readonly DecisionRecorded[]> =>
  (await live.all(decisions)).map(({ value }) => value).sort((a, b) => a.decisionTime - b.decisionTime);
const audited = (): ReturnType<typeof audit> =>
  audit(
    {
      backbone: live.backbone,
      serdes: live.loop.serdes,
      scorers: (model) => live.loop.scorers.get(model),
      salt: "salt",
    },
    { share: 1, from: 0, to: Number.MAX_SAFE_INTEGER },
  );
const rowsOf = ({ options }: DecisionRecorded): number => options[0]!.predictions["posteriorAllRows"]!;

test("a version learns row by row, the next one goes on from there, and all is made again bit for bit", async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, OFFERS, START);
  await decide(0, 200);
  const [first, last] = [(await made())[0]!, (await made()).at(-1)!];
  expect(first).toMatchObject({ value: "a", modelId: null, mode: "online", reason: "exploit", propensity: 1 });
  expect(rowsOf(first)).toBe(0);
  expect(rowsOf(last)).toBeGreaterThan(140);
  // It has learnt which of the two is clicked.
  const late = (await made()).slice(100);
  const good = late.filter(({ value, features }) => value === (Number(features[0]) > 0 ? "a" : "b"));
  expect(good.length / late.length).toBeGreaterThan(0.85);

  await live.restart({ wiped: true });
  await publishBlueprint(live.loop, DRAWN, live.now);
  await decide(200, 60);
  const next = (await made())[200]!;
  expect(rowsOf(next)).toBeGreaterThanOrEqual(rowsOf(last));
  expect(next.beliefs.map((belief) => belief.length)).toEqual([4, 4, 4]);
  expect(next.distribution.every((probability) => probability > 0)).toBe(true);

  expect(await audited()).toMatchObject({ sampled: 260, recomputed: 260, differing: 0 });
  await live.tick(live.now + HOUR);
  await live.loop.idle();
  const again = await live.replay({ useCase: "offers" });
  expect(again).toMatchObject({ decisions: 260 });
  expect((await live.replay({ useCase: "offers" })).rowsSha256).toBe(again.rowsSha256);
  expect(await live.letters()).toEqual([]);
}, 120_000);

test("a record that names a state which it did not go by is found", async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, OFFERS, START);
  await decide(0, 80);
  const one = (await live.all(decisions)).find(({ value }) => value.beliefs[0]![2]! > 2)!;
  const beliefs = one.value.beliefs.map(([mean, deviation, updates]) => [mean!, deviation!, updates! - 1]);
  const forged = { ...one.value, decisionId: one.value.decisionId, beliefs };
  await live.loop.publisher.publish([{ topic: decisions, key: one.key, value: forged, time: one.time }]);
  const { differences } = await audited();
  const kinds = new Set(differences.map(({ kind }) => kind));
  expect(kinds).toContain("posterior");
  expect(kinds).toContain("predictions");
}, 120_000);

test("where scores need a model that is not there, the order of the actions acts, and what is believed is recorded", async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, MODELLED, START);
  await decide(0, 60);
  const last = (await made()).at(-1)!;
  expect(last).toMatchObject({ value: "a", reason: "noModel", mode: "loggingOnly" });
  expect(last.beliefs[0]![2]).toBeGreaterThan(0);
  expect(await audited()).toMatchObject({ sampled: 60, differing: 0 });
  expect((await live.all(posteriors)).length).toBeGreaterThan(0);
}, 120_000);
