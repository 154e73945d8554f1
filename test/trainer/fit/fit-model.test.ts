import { describe, expect, test } from "vitest";
import type { LearnerKind, ModelConfig } from "../../../blueprints/index.ts";
import { encodeModel, fitModel, registerLearner, type FitInput, type FitRequest } from "../../../trainer/index.ts";

/** The coefficient of each column; by it the model is as the test wants it. */
type Made = Partial<Parameters<typeof encodeModel>[0]> & { readonly coefficients?: readonly number[] };

let made: (input: FitInput) => Made = () => ({});
let given: FitInput | undefined;

registerLearner({
  kind: { name: "careless", objectives: ["regression"], parameters: {} } as unknown as LearnerKind,
  fit(input) {
    given = input;
    const { coefficients = new Array<number>(input.columns).fill(1), ...other } = made(input);
    const onnx = encodeModel({
      name: "careless",
      input: { name: "features", columns: input.columns },
      outputs: [{ name: "late", columns: 1 }],
      nodes: [
        {
          operator: "LinearRegressor",
          domain: "ai.onnx.ml",
          inputs: ["features"],
          outputs: [(other.outputs ?? [{ name: "late" }])[0]!.name],
          attributes: {
            coefficients: { kind: "floats", value: coefficients },
            intercepts: { kind: "floats", value: [0] },
          },
        },
      ],
      metadata: input.metadata,
      ...other,
    });
    return Promise.resolve({ onnx, importance: [0.5, 0.5] });
  },
});

const request: FitRequest = {
  train: { features: Float32Array.of(1, 2, 3, 4), labels: Float32Array.of(3, 7), rows: 2, columns: 2 },
  holdout: { features: Float32Array.of(5, 6), labels: Float32Array.of(100), rows: 1, columns: 2 },
  label: { name: "late", objective: "regression" },
  model: { objective: "regression", learner: "careless", seed: 0 } as unknown as ModelConfig,
  metadata: { label: "late", seed: "0" },
};

test("a learner is given no row that it is judged by, and the file that it makes predicts them", async () => {
  made = () => ({});
  const fitted = await fitModel(request);
  expect(fitted.predictions).toEqual(Float32Array.of(11));
  expect(fitted.importance).toEqual([0.5, 0.5]);
  expect(given).toMatchObject({ rows: 2, columns: 2, features: request.train.features, metadata: request.metadata });
  expect(given!.labels).toEqual([{ name: "late", objective: "regression", values: request.train.labels }]);
  expect(JSON.stringify(given)).not.toContain("100");
});

describe("a file that can't be served is refused with the learner's name", () => {
  test.each<readonly [string, (input: FitInput) => Made, string]>([
    [
      "of other columns",
      () => ({ input: { name: "features", columns: 3 }, coefficients: [1, 1, 1] }),
      "it takes 3 columns, it was given 2",
    ],
    ["without the metadata", () => ({ metadata: { label: "late" } }), 'it does not carry the metadata "seed"'],
    ["of another label", () => ({ outputs: [{ name: "early", columns: 1 }] }), 'it has no output "late"; it has early'],
    ["that predicts no number", () => ({ coefficients: [Number.NaN, 1] }), "it predicts NaN for held-out row 0"],
    ["that is none", () => ({ nodes: [] }), "do not load as an ONNX model"],
  ])("one %s", async (_, making, message) => {
    made = making;
    await expect(fitModel(request)).rejects.toThrow("learner careless made a file that can't be served");
    await expect(fitModel(request)).rejects.toThrow(message);
  });
});

describe("before the learner starts", () => {
  test("an objective that it can't learn is refused with those that it can", async () => {
    const binary = { ...request, label: { name: "late", objective: "binary" as const } };
    await expect(fitModel(binary)).rejects.toThrow(
      "learner careless can't learn objective binary of late: use regression",
    );
  });

  test("a learner that nobody registered is refused with those that are", async () => {
    const model = { ...request.model, learner: "oracle" } as unknown as ModelConfig;
    await expect(fitModel({ ...request, model })).rejects.toThrow(
      'there is no learner that can be trained "oracle" (known: xgboost, linear, mlp, constant, auto, careless); register it before it is used',
    );
  });
});

describe("a learner is not registered", () => {
  const kind = { name: "sound", objectives: ["binary"], parameters: {} } as unknown as LearnerKind;
  const fit = () => Promise.reject(new Error("not asked"));
  const share = { fallback: 2, said: ["number", "2"], read: () => 2, refusal: () => "a number from 0 to 1" };
  test.each([
    [{ objectives: [] }, "it learns no objective"],
    [{ objectives: ["ordinal"] }, 'there is no objective "ordinal" (known: binary, regression, quantile, multiclass)'],
    [{ parameters: { share } }, "share is 2 by default; it must be a number from 0 to 1"],
    [{ parameters: { seed: { ...share, refusal: () => undefined } } }, "model.seed is every learner's already"],
    [{ name: "xgboost" }, 'there is a learner "xgboost" already'],
    [{ name: "Sound" }, '"Sound" is no name of a learner'],
  ])("%o: %s", (change, message) => {
    expect(() => registerLearner({ kind: { ...kind, ...change } as unknown as LearnerKind, fit })).toThrow(message);
  });
});
