import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import type { ModelConfig, Objective } from "../../../blueprints/index.ts";
import { evaluate, fitInWorker, fitModel, type FitRequest, type FittedModel } from "../../../trainer/index.ts";
import { blendModels } from "../../../trainer/onnx/index.ts";
import { meanOf } from "../../../trainer/search/blends.ts";
import { random } from "../../blueprints/random.ts";
import { temporaryDir } from "../../e2e/command.ts";

const COLUMNS = 4;
const dir = temporaryDir();
afterAll(() => dir.remove());

/** The label follows from two of the columns, and is noise besides; some values are missing. */
function world(rows: number, seed: number, objective: Objective = "binary", signal = 1.5) {
  const next = random(seed);
  const features = new Float32Array(rows * COLUMNS);
  const labels = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      features[row * COLUMNS + column] = next() < 0.05 ? Number.NaN : next() * 2 - 1;
    }
    const [a, b] = [features[row * COLUMNS]! || 0, features[row * COLUMNS + 1]! || 0];
    const margin = signal * (a + (b > 0 ? 1 : -1));
    labels[row] = objective === "binary" ? Number(next() < 1 / (1 + Math.exp(-margin))) : margin + next();
  }
  return { features, labels, rows, columns: COLUMNS };
}

const requestOf = (
  train: FitRequest["train"],
  holdout: FitRequest["train"],
  parameters: Partial<ModelConfig<"auto">> = {},
  objective: Objective = "binary",
): FitRequest => ({
  ...{ train, holdout, label: { name: "late", objective } },
  model: { objective, learner: "auto", trials: 6, cpuSeconds: 0, monotone: "none", seed: 0, ...parameters },
  metadata: { label: "late" },
});

const sha256 = ({ onnx }: FittedModel): string => createHash("sha256").update(onnx).digest("hex");

describe.each(["binary", "regression"] as const)("%s labels", (objective) => {
  const [train, holdout] = [world(900, 1, objective), world(2_000, 2, objective)];
  const metric = objective === "binary" ? "logLoss" : "mse";

  test("what is found beats the constant where there is something to learn, and tells what was tried", async () => {
    const fitted = await fitModel(requestOf(train, holdout, {}, objective));
    const constant = await fitModel({
      ...requestOf(train, holdout, {}, objective),
      model: { objective, learner: "constant", seed: 0 },
    });
    const of = ({ predictions }: FittedModel): number => evaluate(predictions, holdout.labels, objective)[metric]!;
    expect(of(fitted)).toBeLessThan(0.9 * of(constant));
    const { trials, chosen, loss, judgedBy } = fitted.search!;
    expect(trials).toHaveLength(6);
    expect(judgedBy).toBe(540);
    const losses = trials.map((trial) => trial.loss!);
    expect(loss).toBeLessThanOrEqual(Math.min(...losses));
    if (chosen.length === 1) expect(losses[chosen[0]!]).toBe(loss);
    expect(trials.map(({ learner }) => learner)).toContain("constant");
    expect(fitted.settled!.learner).toBe(trials[chosen[0]!]!.learner);
    const [used, noise] = [fitted.importance.slice(0, 2), fitted.importance.slice(2)];
    expect(Math.min(...used)).toBeGreaterThan(Math.max(...noise));
  });
});

test("the same rows and seed give the same bytes, in a thread too, and whether or not there is a budget of time", async () => {
  const request = requestOf(world(700, 3), world(10, 4));
  const [once, inThread, timed] = [
    await fitModel(request),
    await fitInWorker(request),
    await fitModel(requestOf(request.train, request.holdout, { cpuSeconds: 1e6 })),
  ];
  expect(sha256(inThread)).toBe(sha256(once));
  expect(sha256(timed)).toBe(sha256(once));
  expect(sha256(await fitModel(requestOf(request.train, request.holdout, { seed: 1 })))).not.toBe(sha256(once));
});

test("after its processor time no other trial begins, and the model is that of a search of so many trials", async () => {
  const request = requestOf(world(700, 3), world(10, 4), { trials: 500, cpuSeconds: 0.001 });
  const fitted = await fitModel(request);
  expect(fitted.search!.trials).toHaveLength(1);
  expect(sha256(fitted)).toBe(sha256(await fitModel(requestOf(request.train, request.holdout, { trials: 1 }))));
});

test("a search that was cut off goes on from what it kept, to the same bytes; what can't be read is tried anew", async () => {
  const request = requestOf(world(700, 3), world(10, 4));
  const whole = await fitModel(request);
  const folder = join(dir.path, "a");
  const kept = { folder, codeVersion: "1.0.0" };
  const cut = fitModel({ ...request, kept }, (done) => {
    if (done === 4) throw new Error("the end");
  });
  await expect(cut).rejects.toThrow("the end");
  const [name, ...others] = await readdir(folder);
  expect(others).toEqual([]);
  const file = (trial: number): string => join(folder, name!, `${trial}.json`);
  expect((await readdir(join(folder, name!))).toSorted()).toEqual(["0.json", "1.json", "2.json", "3.json"]);
  // A mark that only a search that reads it can tell again.
  const first = JSON.parse(await readFile(file(0), "utf8")) as { entry: { seconds: number } };
  first.entry.seconds = 12_345;
  await writeFile(file(0), JSON.stringify(first));
  await writeFile(file(1), "{ torn");
  const resumed = await fitModel({ ...request, kept });
  expect(sha256(resumed)).toBe(sha256(whole));
  expect(resumed.search!.trials[0]!.seconds).toBe(12_345);
  expect(await readdir(join(folder, name!))).toHaveLength(6);
  expect(JSON.parse(await readFile(file(1), "utf8"))).toHaveProperty("entry.learner", whole.search!.trials[1]!.learner);
  // Time that was spent before counts.
  const model = { ...request.model, cpuSeconds: 20 } as ModelConfig<"auto">;
  expect((await fitModel({ ...request, model, kept })).search!.trials).toHaveLength(1);
});

test("trials of other rows, weights, seeds or code are not taken for those of a search", async () => {
  const folder = join(dir.path, "b");
  const request = requestOf(world(100, 3), world(10, 4), { trials: 1 });
  const weights = new Float32Array(100).fill(1);
  const kept = { folder, codeVersion: "1.0.0" };
  const searches: readonly FitRequest[] = [
    { ...request, kept },
    { ...requestOf(world(100, 5), world(10, 4), { trials: 1 }), kept },
    { ...request, train: { ...request.train, weights }, kept },
    { ...requestOf(world(100, 3), world(10, 4), { trials: 1, seed: 1 }), kept },
    { ...request, kept: { folder, codeVersion: "1.0.1" } },
  ];
  for (const [at, search] of searches.entries()) {
    await fitModel(search);
    expect(await readdir(folder)).toHaveLength(at + 1);
  }
});

test("of noise nothing is learnt that is much worse than the constant", async () => {
  const [train, holdout] = [world(600, 5, "binary", 0), world(4_000, 6, "binary", 0)];
  const { predictions } = await fitModel(requestOf(train, holdout, { trials: 12 }));
  expect(evaluate(predictions, holdout.labels, "binary")["logLoss"]).toBeLessThan(Math.log(2) + 0.02);
});

test.each([1, 2, 3])("%i rows are enough for a model", async (rows) => {
  const { features, labels, columns } = world(900, 7);
  const train = { features: features.slice(0, rows * columns), labels: labels.slice(0, rows), rows, columns };
  const failed = fitModel(requestOf(train, world(10, 8)));
  if (rows > 1) return expect((await failed).predictions).toHaveLength(10);
  return expect(failed).rejects.toThrow(
    "1 row can't be split into older rows to learn from and newer ones to judge by",
  );
});

test("weights count in the choice: rows of weight 0 teach and judge nothing", async () => {
  const half = world(800, 9);
  const wrong = world(800, 10);
  const [features, labels, weights] = [
    new Float32Array(2 * half.features.length),
    new Float32Array(1_600),
    new Float32Array(1_600),
  ];
  for (let row = 0; row < 800; row++) {
    features.set(half.features.subarray(row * COLUMNS, (row + 1) * COLUMNS), 2 * row * COLUMNS);
    features.set(wrong.features.subarray(row * COLUMNS, (row + 1) * COLUMNS), (2 * row + 1) * COLUMNS);
    [labels[2 * row], labels[2 * row + 1]] = [half.labels[row]!, 1 - wrong.labels[row]!];
    weights[2 * row] = 1;
  }
  const holdout = world(2_000, 11);
  const weighted = await fitModel(requestOf({ features, labels, weights, rows: 1_600, columns: COLUMNS }, holdout));
  const plain = await fitModel(requestOf(half, holdout));
  const of = ({ predictions }: FittedModel): number => evaluate(predictions, holdout.labels, "binary")["auc"]!;
  expect(of(weighted)).toBeGreaterThan(of(plain) - 0.02);
});

describe.each(["binary", "regression"] as const)("a blend of %s models", (objective) => {
  test("predicts the mean of their log odds or values, here and in ONNX Runtime", async () => {
    const [train, holdout] = [world(500, 12, objective), world(300, 13, objective)];
    const members: FittedModel[] = [];
    for (const depth of [2, 5]) {
      const model = {
        depth,
        rounds: 20,
        learningRate: 0.3,
        minChildWeight: 1,
        subsample: 1,
        colsample: 1,
        margin: "none" as const,
        marginBins: 1,
        marginL2: 20,
        monotone: "none" as const,
        l2: 1,
        maxBins: 64,
      };
      const config = { objective, learner: "xgboost", ...model, seed: 0 } as const;
      members.push(await fitModel({ ...requestOf(train, holdout, {}, objective), model: config }));
    }
    const files = members.map(({ onnx }) => onnx);
    const onnx = blendModels(files, objective, { label: "late" });
    expect(blendModels(files, objective, { label: "late" })).toEqual(onnx);
    const expected = meanOf(
      members.map(({ predictions }) => predictions),
      objective,
    );
    const session = await InferenceSession.create(onnx);
    const found = await session.run({ features: new Tensor("float32", holdout.features, [300, COLUMNS]) });
    await session.release();
    const predicted = found["prediction"]!.data as Float32Array;
    for (const [row, each] of expected.entries()) expect(Math.abs(predicted[row]! - each)).toBeLessThan(2e-6);
  });
});
