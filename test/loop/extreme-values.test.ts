import { afterEach, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { validBlueprints, blueprintTable, moveModel } from "../../catalogue/index.ts";
import { decisionRequests, decisions, observations, type DecisionRecorded } from "../../schemas/index.ts";
import { encodeFeatures, loadScorer, modelCategories } from "../../serving/index.ts";
import { readTable } from "../../streams/index.ts";
import { publishBlueprint } from "../../loop/index.ts";
import { readRows } from "../../rows/index.ts";
import { matrixOf } from "../../rows/training-set.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";
import { trainModel } from "../../trainer/index.ts";
import { eventually } from "../eventually.ts";

const SHOP = `
useCase: shop
decisionSpace: boolean
context: { price: number, user: key }
events: { visit: { fields: [worth] } }
features: [price, { worth: { sum: worth, of: visit, by: user, in: 1h } }]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: 1h, default: 0 }
model: { rounds: 5, depth: 2 }
policy: { decide: sale > 0.5 }
join: { ttl: 2h }
training: { minRows: 10, schedule: none, freshRows: none, holdout: 20% }
`;
const shop = compileBlueprint(SHOP);
const START = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;

let live: LiveLoop;
afterEach(() => live.close());

/** Decisions a minute apart, each with what it led to. */
async function decide(prefix: string, prices: readonly number[], from: number): Promise<void> {
  const records = prices.flatMap((price, at) => {
    const [decisionId, time] = [`${prefix}${at}`, from + at * MINUTE];
    const request = { decisionId, useCase: "shop", unit: "u", context: { price, user: "u" }, deferred: false };
    const values = { amount: price > 100 ? 9 : 1 };
    return [
      { topic: decisionRequests, key: decisionId, value: request, time },
      {
        topic: observations,
        key: decisionId,
        value: { decisionId, useCase: "shop", observationId: `o${decisionId}`, values },
        time: time + 1,
      },
    ];
  });
  await live.loop.publisher.publish(records as never);
  await live.loop.application.idle();
}

test("a live context of 1e39 or infinity is the same feature in serving, in the row and in training, which goes on", async () => {
  live = await openLive(START, 1);
  await publishBlueprint(live.loop, SHOP, 0);
  const prices = [1e39, -1e39, Infinity, -Infinity, NaN, 1e300, 1e-320, 5, 7, 200, 300, 9];
  await decide("a", prices, START);
  await live.tick(START + 4 * 60 * MINUTE);
  const trained = await trainModel(live.loop, { useCase: "shop", until: START + 5 * 60 * MINUTE });
  expect(trained).toMatchObject({
    kind: "trained",
    treated: [{ name: "price", treatment: "clamped", rows: 3, decisions: ["a0", "a1", "a5"] }],
  });
  const { model, onnx } = trained as Extract<typeof trained, { readonly kind: "trained" }>;
  await moveModel(live.loop, model.modelId, "production", START + 5 * 60 * MINUTE, "for the test");
  await live.tick(START + 6 * 60 * MINUTE);
  await decide("b", prices, START + 6 * 60 * MINUTE);
  await live.tick(START + 10 * 60 * MINUTE);
  const made = (await live.all(decisions)).map(({ value }) => value).filter(({ decisionId }) => decisionId[0] === "b");
  const priceOf = ({ features }: DecisionRecorded): unknown => features[0];
  expect(made.map(priceOf)).toEqual([1e39, -1e39, null, null, null, 1e300, 1e-320, 5, 7, 200, 300, 9]);
  const known = validBlueprints(await readTable(live.backbone, live.loop.serdes, blueprintTable));
  const { rows } = await eventually(async () => {
    const read = await readRows(live.backbone, live.loop.serdes, shop, known, Infinity);
    expect(read.rows).toHaveLength(24);
    return read;
  });
  const scorer = await loadScorer(onnx);
  const served = rows.filter(({ decisionId }) => String(decisionId)[0] === "b");
  const { features } = matrixOf(served, shop.layout, encodeFeatures(shop.layout, modelCategories(scorer)));
  const scores = (await scorer.score(features.slice(), served.length))[0]!;
  await scorer.release();
  expect(made.map(({ predictions }) => predictions["sale"])).toEqual([...scores]);
  expect(scores.every(Number.isFinite)).toBe(true);
});
