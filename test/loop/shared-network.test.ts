import { afterEach, expect, test } from "vitest";
import { publishBlueprint } from "../../loop/index.ts";
import { audit } from "../../recompute/index.ts";
import { decisions } from "../../schemas/index.ts";
import { rebuildModel, trainModel } from "../../trainer/index.ts";
import { START } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

/** Whether a parcel is late is known after a minute, what it cost after five; both depend on its weight. */
const PARCELS = `
useCase: parcels
decisionSpace: boolean
context: { weight: number }
features: [weight]
observations: { minutes: number, euros: number }
events: { arrival: { fields: [minutes] }, bill: { fields: [euros] } }
labels:
  late: { when: kind == "arrival", value: minutes > 10, wait: 1m }
  cost: { when: kind == "bill", value: euros, aggregate: sum, wait: 5m, objective: regression }
model: { learner: mlp, shared: true, hidden: [16], epochs: 40, learningRate: 0.01, weightDecay: 0.1 }
policy: { decide: late > 0.5 or cost > 100 }
join: { ttl: 10m }
training: { schedule: none, freshRows: none, minRows: 50, holdout: 20% }
`;

let live: LiveLoop;
afterEach(() => live.close());

const weightOf = (n: number): number => (n * 7) % 30;

async function decide(from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) {
    live.now += 10_000;
    const weight = weightOf(n);
    const asked = { unit: `u${n}`, decisionId: `d${n}`, context: { weight } };
    await live.client.getDecision("parcels", asked, { timeout: 60_000 });
    const tell = (values: Readonly<Record<string, string | number>>): Promise<unknown> =>
      live.client.logObservations(`d${n}`, values, { useCase: "parcels" });
    await tell({ kind: "arrival", minutes: weight > 15 ? 20 : 5 });
    // Not every parcel is billed.
    if (n % 3 !== 0) await tell({ kind: "bill", euros: 5 * weight });
  }
  await live.tick(live.now + 70_000);
}

test("two labels that share a network are trained, served, audited and rebuilt", async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, PARCELS, START);
  await decide(0, 180);
  const trained = await trainModel(live.loop, { useCase: "parcels", until: live.now });
  expect(trained).toMatchObject({ kind: "trained", promoted: true });
  if (trained.kind !== "trained") return;
  const { metrics, provenance, report } = trained.model;
  expect(metrics["auc"]).toBeGreaterThan(0.95);
  expect(metrics["cost.mse"]).toBeLessThan(400);
  const [late, cost] = provenance.trainedRows as [number, number];
  // Of the newest parcels nobody knows yet what they cost, and of a third nobody ever will.
  expect(late).toBeGreaterThan(cost + 30);
  expect(report?.importance.map(({ feature }) => feature)).toEqual(["weight"]);
  await live.loop.application.idle();
  live.now += 60_000;
  await decide(180, 40);
  const served = (await live.all(decisions)).filter(({ value }) => value.modelId !== null);
  expect(served).toHaveLength(40);
  for (const { key, value } of served) {
    expect(value.modelId, key).toBe(trained.model.modelId);
    const { late: chance, cost: euros } = value.predictions as { late: number; cost: number };
    expect(value.value).toBe(chance > 0.5 || euros > 100);
  }
  const weights = served.map(({ value }) => weightOf(Number(value.decisionId.slice(1))));
  const right = served.filter(({ value }, at) => value.predictions["late"]! > 0.5 === weights[at]! > 15);
  expect(right.length).toBeGreaterThan(35);
  const off = served.map(({ value }, at) => Math.abs(value.predictions["cost"]! - 5 * weights[at]!));
  expect(off.reduce((sum, each) => sum + each, 0) / off.length).toBeLessThan(15);
  const source = {
    ...{ backbone: live.backbone, serdes: live.loop.serdes, salt: "salt" },
    scorers: (model: Parameters<typeof live.loop.scorers.get>[0]) => live.loop.scorers.get(model),
  };
  expect(await audit(source, { share: 1, from: 0, to: Number.MAX_SAFE_INTEGER })).toMatchObject({
    ...{ sampled: 220, recomputed: 220, differing: 0 },
  });
  expect(await rebuildModel(live.loop, trained.model)).toMatchObject({ equal: true, problem: null });
}, 120_000);
