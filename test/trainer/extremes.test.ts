import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileBlueprint, type CompiledBlueprint } from "../../blueprints/index.ts";
import { recordLimits, type TrainingRow } from "../../schemas/index.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { readModels } from "../../catalogue/index.ts";
import { rebuildModel, trainingDue, trainModel, type TrainResult } from "../../trainer/index.ts";
import { rowsTopic, treatedText } from "../../rows/index.ts";
import { compiled, HOUR, rows, START, TEXT } from "./parcel-rows.ts";

const { largestFeature, largestLabel } = recordLimits;
const REGRESSION = TEXT.replace("value: minutes > 10", "value: minutes").replace(
  "{ rounds:",
  "{ objective: regression, rounds:",
);
const regression = compileBlueprint(REGRESSION.replace("useCase: parcels", "useCase: delays"));

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-extremes-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "test" });
  await publishBlueprint(tools, TEXT);
  await publishBlueprint(tools, REGRESSION.replace("useCase: parcels", "useCase: delays"));
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

const UNTIL = START + 10_000 * HOUR;
type Changes = Readonly<Record<number, Readonly<Record<string, unknown>>>>;

async function trained(of: CompiledBlueprint, changes: Changes, count = 400): Promise<TrainResult> {
  const all = rows(0, count, 1).map((row, index): TrainingRow => {
    const own = {
      ...row,
      blueprintVersion: of.blueprint.version,
      label: of === regression ? index % 7 : row["label"]!,
    };
    return { ...own, ...changes[index] } as TrainingRow;
  });
  await tools.publisher.publish(
    all.map((value) => ({
      topic: rowsTopic(of),
      key: value["decisionId"] as string,
      value,
      time: value["rowTime"] as number,
    })),
  );
  return trainModel(tools, { useCase: of.blueprint.useCase, until: UNTIL });
}

describe("a feature beyond the largest", () => {
  test.each([
    [1e39, largestFeature],
    [-1e39, -largestFeature],
    [Number.MAX_VALUE, largestFeature],
    [Number.POSITIVE_INFINITY, largestFeature],
    [Number.NEGATIVE_INFINITY, -largestFeature],
  ])("%d is learnt as %d, and the model's record names feature and decision", async (weight, counts) => {
    const result = await trained(compiled, { 20: { weight }, 21: { weight }, 390: { weight } });
    const treated = [{ name: "weight", treatment: "clamped", rows: 3, decisions: ["d000020", "d000021", "d000390"] }];
    expect(result).toMatchObject({ kind: "trained", treated });
    const [model] = await readModels(tools);
    expect(model!.provenance.treated).toEqual(treated);
    expect(await rebuildModel(tools, model!)).toMatchObject({ equal: true, header: "equal" });
    const same = await trained(compiled, { 20: { weight: counts }, 21: { weight: counts }, 390: { weight: counts } });
    expect(same).toMatchObject({ kind: "trained", treated: [], model: { modelId: model!.modelId } });
  });

  test("is told with the first decisions and the number of the others", () => {
    const decisions = ["a", "b"];
    expect(treatedText({ name: "price", treatment: "clamped", rows: 7, decisions })).toBe(
      "price of decisions a, b and 5 more is beyond ±1e+38 and counts as that",
    );
  });
});

test.each([Number.NaN, 1e-39, 5e-324, -1e-320, 3.4e-45, 9.99e37])(
  "a feature of %d is learnt as it is, or as missing, without a word",
  async (weight) => {
    expect(await trained(compiled, { 20: { weight }, 390: { weight } })).toMatchObject({
      kind: "trained",
      treated: [],
    });
  },
);

describe("a label that can't be learnt", () => {
  test.each([1e39, -1e39, 1e16, Number.POSITIVE_INFINITY, Number.NaN])(
    "as %d leaves its row out, and the model's record names the decision",
    async (label) => {
      const result = await trained(regression, { 20: { label }, 399: { label } });
      const treated = [{ name: "label", treatment: "leftOut", rows: 2, decisions: ["d000020", "d000399"] }];
      expect(result).toMatchObject({ kind: "trained", treated, model: { provenance: { rows: 318, holdout: 80 } } });
      const [model] = await readModels(tools);
      expect(model!.provenance.treated).toEqual(treated);
      for (const figure of Object.values(model!.metrics)) expect(figure).toBeLessThan(100);
      expect(await rebuildModel(tools, model!)).toMatchObject({ equal: true });
    },
  );

  test("is one outside 0 to 1 where the model says yes or no", async () => {
    expect(await trained(compiled, { 20: { label: 2 }, 21: { label: -1 } })).toMatchObject({
      kind: "trained",
      treated: [{ name: "label", treatment: "leftOut", rows: 2, decisions: ["d000020", "d000021"] }],
    });
  });

  test("is told as the reason where too few rows are left", async () => {
    const label = { label: 1e300 };
    const result = await trained(regression, Object.fromEntries(Array.from({ length: 201 }, (_, at) => [at, label])));
    expect(result).toMatchObject({
      kind: "tooFewRows",
      rows: 199,
      needed: 200,
      treated: [{ name: "label", rows: 201 }],
    });
  });
});

test("labels up to the largest are learnt, and predicted as numbers", async () => {
  const changes = Object.fromEntries(
    Array.from({ length: 400 }, (_, at) => [at, { label: at % 2 === 0 ? largestLabel : -largestLabel }]),
  );
  const result = await trained(regression, changes);
  expect(result).toMatchObject({ kind: "trained", treated: [] });
  expect(Number.isFinite((await readModels(tools))[0]!.metrics["mse"])).toBe(true);
});

describe("a set of rows that says little", () => {
  test("one row is too few where some are held out, and enough where none are", async () => {
    const one = compileBlueprint(TEXT.replace("minRows: 200", "minRows: 1"));
    await publishBlueprint(tools, TEXT.replace("minRows: 200", "minRows: 1"));
    expect(await trained(one, {}, 1)).toMatchObject({ kind: "tooFewRows", rows: 1, needed: 2 });
    const alone = await trainModel(tools, { useCase: "parcels", until: UNTIL, holdout: 0 });
    expect(alone).toMatchObject({ kind: "trained", promoted: false });
  });

  test("two rows, of which nine tenths are held out, are one to learn from and one to judge by", async () => {
    const two = compileBlueprint(TEXT.replace("minRows: 200", "minRows: 1"));
    await publishBlueprint(tools, TEXT.replace("minRows: 200", "minRows: 1"));
    await trained(two, {}, 2);
    const result = await trainModel(tools, { useCase: "parcels", until: UNTIL, holdout: 0.9 });
    expect(result).toMatchObject({ kind: "trained", model: { provenance: { rows: 1, holdout: 1 } } });
  });

  test.each([0, 1])("labels that are all %d make a model that is no better than a constant", async (label) => {
    const changes = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [at, { label }]));
    expect(await trained(compiled, changes)).toMatchObject({ kind: "trained", promoted: false });
  });

  test("features that are missing in every row make a model", async () => {
    const missing = { weight: null, carrier: null };
    const changes = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [at, missing]));
    expect(await trained(compiled, changes)).toMatchObject({ kind: "trained" });
  });
});

test("after a training with too few rows it is due again once there can be enough, and nothing is read before", async () => {
  await trained(compiled, Object.fromEntries(Array.from({ length: 50 }, (_, at) => [at, { label: 7 }])), 230);
  expect(await trainingDue(tools, "parcels", UNTIL)).toBeUndefined();
  const later = rows(500, 20, 1);
  const publish = (all: readonly TrainingRow[]): Promise<void> =>
    tools.publisher.publish(
      all.map((value) => ({ topic: rowsTopic(compiled), key: value["decisionId"] as string, value, time: UNTIL - 1 })),
    );
  await publish(later.slice(0, 19));
  expect(await trainingDue(tools, "parcels", UNTIL)).toBeUndefined();
  await publish(later.slice(19));
  expect(await trainingDue(tools, "parcels", UNTIL)).toBe("first 250 rows");
  expect(await trainModel(tools, { useCase: "parcels", until: UNTIL })).toMatchObject({ kind: "trained" });
});
