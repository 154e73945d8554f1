import { createHash } from "node:crypto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { learnerKinds, parametersOf, type ModelConfig } from "../../../blueprints/index.ts";
import { openGraph } from "../../../serving/graph/graph-model.ts";
import { loadScorer } from "../../../serving/index.ts";
import { classNumbers, rowMajor } from "../../../trainer/classes.ts";
import { evaluate, fitModel, type FittedModel } from "../../../trainer/index.ts";
import type { FitColumn } from "../../../trainer/learners/learner.ts";
import { random } from "../../blueprints/random.ts";

const columns: readonly FitColumn[] = [{ name: "plain" }, { name: "colour", categories: 4 }, { name: "other" }];
const NAMES = ["delay_none", "delay_some", "delay_much"];

interface World {
  readonly features: Float32Array;
  readonly classes: readonly Float32Array[];
  readonly rows: number;
  /** Rows × classes. */
  readonly truth: Float32Array;
}

/** The more of `plain`, the likelier the last class; one colour makes the middle one likely. */
function world(rows: number, seed: number): World {
  const next = random(seed);
  const features = new Float32Array(rows * columns.length);
  const classes = NAMES.map(() => new Float32Array(rows));
  const truth = new Float32Array(rows * NAMES.length);
  for (let row = 0; row < rows; row++) {
    const known = [next() * 4 - 2, Math.floor(next() * 4), next()].map((value) => (next() < 0.1 ? Number.NaN : value));
    features.set(known, row * columns.length);
    const plain = known[0]! || 0;
    const parts = [Math.exp(-plain), known[1] === 1 ? 4 : 0.5, Math.exp(plain)];
    const sum = parts.reduce((a, b) => a + b);
    const chances = parts.map((part) => part / sum);
    truth.set(chances, row * NAMES.length);
    const draw = next();
    classes[draw < chances[0]! ? 0 : draw < chances[0]! + chances[1]! ? 1 : 2]![row] = 1;
  }
  return { features, classes, rows, truth };
}

const train = world(4000, 1);
const later = world(2000, 2);

const modelOf = (learner: ModelConfig["learner"], change: object = {}): ModelConfig => {
  const unsaid = Object.entries(parametersOf(learnerKinds.get(learner))).map(([name, { fallback }]) => [
    name,
    fallback,
  ]);
  return { objective: "binary", learner, seed: 0, ...Object.fromEntries(unsaid), ...change } as ModelConfig;
};

const labelOf = (at: number) => ({ name: NAMES[at]!, objective: "binary", classOf: "delay" }) as const;

function fit(model: ModelConfig, given = train, weights?: Float32Array): Promise<FittedModel> {
  const matrix = ({ features, classes, rows }: World, at: number) => ({
    ...{ features, labels: classes[at]!, rows, columns: columns.length },
  });
  return fitModel({
    train: { ...matrix(given, 0), ...(weights && { weights }) },
    ...{ holdout: matrix(later, 0), inputs: columns, label: labelOf(0), model, metadata: { made: "here" } },
    further: [1, 2].map((at) => ({ label: labelOf(at), values: given.classes[at]!, holdout: matrix(later, at) })),
  });
}

const chances = ({ predictions, further }: FittedModel): Float32Array => rowMajor([predictions, ...further]);
const mlogloss = (predictions: Float32Array): number =>
  evaluate(predictions, classNumbers(later.classes), "multiclass")["mlogloss"]!;

/** Rows with all that a decision may lack or bring anew. */
const strange = Float32Array.of(
  ...[Number.NaN, Number.NaN, Number.NaN],
  ...[1, Number.NaN, 0.5, 1e30, 3, -1e30],
  ...[-1.5, 2, Number.NaN, 0, 0, 0],
);

describe.each<readonly [ModelConfig["learner"], object]>([
  ["xgboost", { rounds: 40 }],
  ["mlp", { epochs: 10, hidden: [32, 16], weightDecay: 0.1, learningRate: 0.003 }],
  ["auto", { trials: 2 }],
])("classes learnt by %s", (learner, change) => {
  const model = modelOf(learner, change);
  const fitted = fit(model);

  test("have probabilities that sum to 1 and say nearly as much as the truth", async () => {
    const found = chances(await fitted);
    for (let row = 0; row < later.rows; row++) {
      const sum = found.subarray(3 * row, 3 * row + 3).reduce((a, b) => a + b);
      expect(Math.abs(sum - 1)).toBeLessThan(1e-5);
    }
    expect(mlogloss(found) - mlogloss(later.truth)).toBeLessThan(0.03);
    const shares = train.classes.map((values) => values.reduce((a, b) => a + b) / train.rows);
    const constant = Float32Array.from({ length: 3 * later.rows }, (_, at) => shares[at % 3]!);
    expect(mlogloss(constant) - mlogloss(found)).toBeGreaterThan(0.15);
  });

  test("are served without ONNX Runtime as it predicts them, for missing and unseen values too", async () => {
    const { onnx } = await fitted;
    const session = await InferenceSession.create(onnx);
    expect(session.outputNames).toEqual(NAMES);
    expect(openGraph(onnx)).not.toBeTypeOf("string");
    for (const features of [strange, later.features]) {
      const rows = features.length / columns.length;
      const scorer = await loadScorer(onnx);
      const served = await scorer.score(features, rows);
      await scorer.release();
      expect(scorer.outputs).toEqual(NAMES);
      const found = await session.run({ features: new Tensor("float32", features, [rows, columns.length]) });
      for (const [at, name] of NAMES.entries()) {
        const own = found[name]!.data as Float32Array;
        expect(own).toHaveLength(rows);
        for (const [row, value] of served[at]!.entries()) expect(Math.abs(value - own[row]!)).toBeLessThan(1e-5);
      }
    }
    await session.release();
  });

  test("have the same bytes again", async () => {
    const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
    expect(sha256((await fit(model)).onnx)).toBe(sha256((await fitted).onnx));
  });
});

test("a constant is the share of each class, by the rows' weights", async () => {
  const weights = Float32Array.from({ length: train.rows }, (_, row) => (train.classes[0]![row] === 1 ? 0 : 1));
  const [plain, weighted] = [await fit(modelOf("constant")), await fit(modelOf("constant"), train, weights)];
  const shares = train.classes.map((values) => values.reduce((a, b) => a + b) / train.rows);
  for (const [at, share] of shares.entries()) expect(chances(plain)[at]!).toBeCloseTo(share, 5);
  expect(chances(weighted)[0]!).toBeLessThan(1e-5);
  expect(chances(weighted)[2]!).toBeCloseTo(shares[2]! / (shares[1]! + shares[2]!), 4);
});

describe("what can't be learnt is refused", () => {
  test("by a learner of sums", async () => {
    await expect(fit(modelOf("linear"))).rejects.toThrow(/linear can't learn objective multiclass of delay_none/);
  });

  test("for a row of no class", async () => {
    const classes = train.classes.map((values, at) => (at === 2 ? values.map(() => 0) : values));
    await expect(fit(modelOf("constant"), { ...train, classes })).rejects.toThrow(
      /row \d+ has classes 0, 0, 0 of delay: one of them is 1, and the others are 0/,
    );
  });
});

test("the metrics are the log loss of the class that came, and how often the likeliest came", () => {
  const predictions = Float32Array.of(0.5, 0.3, 0.2, 0.1, 0.2, 0.7);
  const found = evaluate(predictions, Float32Array.of(1, 2), "multiclass");
  expect(found["mlogloss"]).toBeCloseTo(-(Math.log(0.3) + Math.log(0.7)) / 2, 6);
  expect(found["accuracy"]).toBe(0.5);
  expect(evaluate(predictions, Float32Array.of(1, 2), "multiclass", Float32Array.of(0, 2))["accuracy"]).toBe(1);
  expect(() => evaluate(predictions, Float32Array.of(1, 3), "multiclass")).toThrow(/row 1 is of class 3/);
});
