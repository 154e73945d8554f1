import { afterEach, expect, test } from "vitest";
import { publishBlueprint } from "../../loop/index.ts";
import { audit } from "../../recompute/index.ts";
import { decisions } from "../../schemas/index.ts";
import { rebuildModel, trainModel } from "../../trainer/index.ts";
import { START } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const HEADS = 4;
const FLOOR = 0.02;
const OFFERS = `
useCase: offers
decisionSpace: { options: { size: number } }
context: { x: number }
observations: { clicked: boolean }
features: [x, size]
label: { name: click, value: clicked, aggregate: any, wait: 10s, default: 0 }
model: { rounds: 20, depth: 3 }
policy: { choose: { score: click, exclude: size > 8 } }
exploration: { bootstrap: ${HEADS}, floor: ${FLOOR} }
training: { schedule: none, freshRows: none, minRows: 50 }
`;

let live: LiveLoop;
afterEach(() => live.close());

async function decide(from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) {
    live.now += 1_000;
    const candidates = [1, 3, 5, 9].map((size) => ({ optionId: `s${size}`, context: { size } }));
    const asked = { unit: `u${n}`, decisionId: `d${n}`, context: { x: Math.floor(n / 10) % 10 }, candidates };
    const { value } = await live.client.getDecision("offers", asked, { timeout: 60_000 });
    const clicked = ((n * 13) % 10) + 0.5 < 3 + Number(String(value).slice(1)) / 3;
    await live.client.logObservations(`d${n}`, { clicked }, { useCase: "offers" });
  }
  await live.tick(live.now + 60_000);
}

test("each option is drawn as often as heads prefer it, and the audit asks the heads again", async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, OFFERS, START);
  await decide(0, 120);
  const trained = await trainModel(live.loop, { useCase: "offers", until: live.now });
  expect(trained).toMatchObject({ kind: "trained", promoted: true });
  if (trained.kind !== "trained") return;
  const again = await rebuildModel(live.loop, trained.model);
  expect(again).toMatchObject({ equal: true });
  live.now += 60_000;
  await decide(120, 60);
  const all = (await live.all(decisions)).map(({ value }) => value);
  const before = all.filter(({ modelId }) => modelId === null);
  expect(before).toHaveLength(120);
  // Without a model all that may be chosen are equally likely.
  for (const { distribution } of before) expect(new Set(distribution)).toEqual(new Set([1 / 3, 0]));
  const by = all.filter(({ modelId }) => modelId !== null);
  expect(by).toHaveLength(60);
  let unsure = 0;
  for (const { actions, distribution, beliefs, options } of by) {
    expect(actions).toHaveLength(4);
    expect(beliefs.map((own) => own.length)).toEqual([HEADS, HEADS, HEADS, 0]);
    expect(Object.keys(options[0]!.predictions)).toHaveLength(1 + HEADS);
    const preferred = [0, 0, 0];
    for (let head = 0; head < HEADS; head++) {
      const scores = beliefs.slice(0, 3).map((own) => own[head]!);
      const best = scores.filter((score) => score === Math.max(...scores));
      if (best.length === 1) preferred[scores.indexOf(best[0]!)]!++;
    }
    for (const [at, count] of preferred.entries())
      expect(distribution[at]).toBeGreaterThanOrEqual(FLOOR + (1 - 3 * FLOOR) * (count / HEADS) - 1e-12);
    expect(distribution[3]).toBe(0);
    if (preferred.filter((count) => count > 0).length > 1) unsure++;
  }
  // With so few rows the heads are not of one mind.
  expect(unsure).toBeGreaterThan(5);
  const source = {
    ...{ backbone: live.backbone, serdes: live.loop.serdes, salt: "salt" },
    scorers: (model: Parameters<typeof live.loop.scorers.get>[0]) => live.loop.scorers.get(model),
  };
  expect(await audit(source, { share: 1, from: 0, to: Number.MAX_SAFE_INTEGER })).toMatchObject({
    ...{ sampled: 180, recomputed: 180, differing: 0 },
  });
}, 120_000);
