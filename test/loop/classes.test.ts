import { afterEach, expect, test } from "vitest";
import { storyOf } from "../../cli/model-report/story.ts";
import { publishBlueprint } from "../../loop/index.ts";
import { audit } from "../../recompute/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { validBlueprints } from "../../catalogue/index.ts";
import { compileBlueprint } from "../../blueprints/index.ts";
import { decisions } from "../../schemas/index.ts";
import { rebuildModel, servedModels, trainModel } from "../../trainer/index.ts";
import { START } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

/** A parcel is on time, late or lost by its weight; a parcel that nobody hears of is lost. */
const PARCELS = `
useCase: parcels
decisionSpace: { actions: [wait, call, refund] }
context: { weight: number }
features: [weight]
observations: { minutes: number }
events: { arrival: { fields: [minutes] } }
label:
  name: delay
  when: kind == "arrival"
  value: if(minutes < 10, "none", if(minutes < 60, "some", "lost"))
  classes: [none, some, lost]
  default: lost
  wait: 1m
model: { rounds: 30, depth: 2 }
policy: { decide: 'if(delay_lost > 0.5, "refund", if(delay_some > 0.5, "call", "wait"))' }
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
    if (weight >= 20) continue;
    const values = { kind: "arrival", minutes: weight < 10 ? 5 : 30 };
    await live.client.logObservations(`d${n}`, values, { useCase: "parcels" });
  }
  await live.tick(live.now + 70_000);
}

test("a label of classes is a column and a prediction a class, trained, served, told of, audited and rebuilt", async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, PARCELS, START);
  await decide(0, 150);
  const rows = await live.all(rowsTopic(compileBlueprint(PARCELS)));
  for (const { value } of rows) {
    const weight = value["weight"] as number;
    const own = ["none", "some", "lost"].map((name) => value[`label_delay_${name}`]);
    expect(own).toEqual(weight < 10 ? [1, 0, 0] : weight < 20 ? [0, 1, 0] : [0, 0, 1]);
  }
  const trained = await trainModel(live.loop, { useCase: "parcels", until: live.now });
  expect(trained).toMatchObject({ kind: "trained", promoted: true });
  if (trained.kind !== "trained") return;
  const { metrics, report, states } = trained.model;
  expect(metrics["mlogloss"]).toBeLessThan(0.3);
  expect(metrics["accuracy"]).toBeGreaterThan(0.95);
  expect(metrics["delay_lost.auc"]).toBeGreaterThan(0.99);
  expect(states.at(-1)!.reason).toMatch(/^better than a constant: mlogloss 0\.\d+, a constant 1\.\d+/);
  expect(report!.constant["mlogloss"]).toBeGreaterThan(1);
  expect(report!.importance.map(({ feature }) => feature)).toEqual(["weight"]);
  expect(report!.calibration.every(({ predicted }) => predicted > 0.5)).toBe(true);
  const moved = report!.contributions;
  expect(moved.map(({ label, feature }) => [label, feature])).toEqual(
    ["none", "some", "lost"].map((name) => [`delay_${name}`, "weight"]),
  );
  // Each comes in about a third of the cases, and the model is all but sure of it.
  for (const { mean } of moved) expect([mean > 0.3, mean < 0.6]).toEqual([true, true]);
  const [chapter] = storyOf(trained.model).chapters.filter(({ title }) => title.endsWith("of delay_none"));
  expect(chapter!.bars!.rows[0]!.said).toMatch(/^\d\d(?:\.\d)? percentage points$/);
  const told = storyOf(trained.model).chapters.flatMap(({ sentences }) => sentences);
  expect(told).toContainEqual(expect.stringMatching(/^Its log loss over all classes is 0\.\d+: /));
  expect(told).toContainEqual(
    expect.stringMatching(/^The class that it holds for the likeliest comes 100 % of the time/),
  );
  await live.loop.application.idle();
  live.now += 60_000;
  await decide(150, 45);
  const served = (await live.all(decisions)).filter(({ value }) => value.modelId !== null);
  expect(served).toHaveLength(45);
  for (const { value } of served) {
    const { predictions } = value;
    expect(Object.keys(predictions)).toEqual(["delay_none", "delay_some", "delay_lost"]);
    expect(Object.values(predictions).reduce<number>((sum, each) => sum + (each ?? 0), 0)).toBeCloseTo(1, 5);
    const weight = weightOf(Number(value.decisionId.slice(1)));
    expect(value.value).toBe(weight < 10 ? "wait" : weight < 20 ? "call" : "refund");
  }
  const [model] = await servedModels(
    { backbone: live.backbone, serdes: live.loop.serdes },
    compileBlueprint(PARCELS),
    validBlueprints((await live.loop.tables()).blueprints),
  );
  expect(model).toMatchObject({ rows: 45, metrics: { accuracy: 1 } });
  const source = {
    ...{ backbone: live.backbone, serdes: live.loop.serdes, salt: "salt" },
    scorers: (one: Parameters<typeof live.loop.scorers.get>[0]) => live.loop.scorers.get(one),
  };
  expect(await audit(source, { share: 1, from: 0, to: Number.MAX_SAFE_INTEGER })).toMatchObject({
    ...{ sampled: 195, recomputed: 195, differing: 0 },
  });
  expect(await rebuildModel(live.loop, trained.model)).toMatchObject({ equal: true, problem: null });
}, 120_000);
