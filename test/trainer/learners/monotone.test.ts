import { describe, expect, test } from "vitest";
import { learnerKinds, parametersOf, type Directions, type ModelConfig } from "../../../blueprints/index.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { loadScorer } from "../../../serving/index.ts";
import { evaluate, fitInWorker, fitModel, type FitRequest } from "../../../trainer/index.ts";
import { xgboostParams } from "../../../trainer/learners/xgboost.ts";
import { onnxFromTrees } from "../../../trainer/onnx/index.ts";
import { loadXgboost, parseModel } from "../../../trainer/xgboost/index.ts";
import { januaryFlights } from "../../fixtures/flights/read-flights.ts";

const NUMBERS = [
  ...["distance", "sched_block_min", "dep_minute_of_day", "plane_age", "temp", "wind_speed", "precip", "visib"],
  ...["m_origin_dep_3h", "n_origin_dep_3h", "m_carrier_origin_dep_3h", "m_dest_arr_6h", "tail_last_arr_delay"],
];
const flights = januaryFlights();
const carriers = [...new Set(flights.map(({ line }) => line["carrier"]!))].sort();
const inputs = [...NUMBERS.map((name) => ({ name })), { name: "carrier", categories: carriers.length }];
const columns = inputs.length;

function matrixOf(some: typeof flights, labelOf: (delay: number) => number): TrainingMatrix {
  const features = some.flatMap(({ line }) => [
    ...NUMBERS.map((name) => (line[name] === "" ? Number.NaN : Number(line[name]))),
    carriers.indexOf(line["carrier"]!),
  ]);
  const labels = Float32Array.from(some, ({ delay }) => labelOf(delay));
  return { features: Float32Array.from(features), labels, rows: some.length, columns };
}

const DIRECTIONS: Directions = { visib: "down", precip: "up", m_origin_dep_3h: "up", tail_last_arr_delay: "up" };
const defaultsOf = (learner: "xgboost" | "auto"): object =>
  Object.fromEntries(
    Object.entries(parametersOf(learnerKinds.get(learner))).map(([name, { fallback }]) => [name, fallback]),
  );
const modelOf = (change: Partial<ModelConfig<"xgboost">> = {}): ModelConfig<"xgboost"> => ({
  ...({ objective: "binary", learner: "xgboost", seed: 0, ...defaultsOf("xgboost") } as ModelConfig<"xgboost">),
  ...{ rounds: 100, depth: 5 },
  ...change,
});

const binary = (delay: number): number => Number(delay >= 15);
const middle = Math.floor(0.8 * flights.length);
const [train, holdout] = [matrixOf(flights.slice(0, middle), binary), matrixOf(flights.slice(middle), binary)];
const [trainMinutes, laterMinutes] = [
  matrixOf(flights.slice(0, middle), (delay) => delay),
  matrixOf(flights.slice(middle), (delay) => delay),
];
const requestOf = (model: ModelConfig): FitRequest => {
  const isBinary = model.objective === "binary";
  return {
    ...{ train: isBinary ? train : trainMinutes, holdout: isBinary ? holdout : laterMinutes, inputs, metadata: {} },
    ...{ label: { name: "delayed", objective: model.objective }, model },
  };
};

/** Steps along a grid at which a prediction goes against the direction, of 150 real flights; what is missing stays so. */
async function stepsAgainst(onnx: Uint8Array, directions = DIRECTIONS): Promise<number> {
  const scorer = await loadScorer(onnx);
  let against = 0;
  for (const [name, direction] of Object.entries(directions)) {
    const column = inputs.findIndex((input) => input.name === name);
    const values = Array.from({ length: train.rows }, (_, row) => train.features[row * columns + column]!);
    const grid = [...new Set(values.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b);
    const places = Array.from({ length: 60 }, (_, at) => grid[Math.floor((at / 59) * (grid.length - 1))]!);
    for (let row = 0; row < 150; row++) {
      const flight = holdout.features.slice(row * 20 * columns, (row * 20 + 1) * columns);
      const asked = new Float32Array(places.length * columns);
      for (const [at, place] of places.entries()) asked.set(flight.with(column, place), at * columns);
      const [predictions] = (await scorer.score(asked, places.length)) as [Float32Array];
      for (let at = 1; at < places.length; at++) {
        const step = predictions[at]! - predictions[at - 1]!;
        if (direction === "up" ? step < 0 : step > 0) against++;
      }
    }
  }
  await scorer.release();
  return against;
}

describe.each(["binary", "regression"] as const)("trees of objective %s on real flights", (objective) => {
  const plain = fitModel(requestOf(modelOf({ objective })));
  const held = fitModel(requestOf(modelOf({ objective, monotone: DIRECTIONS })));

  test("keep to each direction along a grid, where trees without directions do not", async () => {
    expect(await stepsAgainst((await held).onnx)).toBe(0);
    expect(await stepsAgainst((await plain).onnx)).toBeGreaterThan(100);
  });

  test("predict the next week about as well as trees without directions, and far better than the constant", async () => {
    const metric = objective === "binary" ? "logLoss" : "mse";
    const { labels } = requestOf(modelOf({ objective })).holdout;
    const of = (predictions: Float32Array): number => evaluate(predictions, labels, objective)[metric]!;
    const constant = await fitModel(requestOf({ objective, learner: "constant", seed: 0 }));
    expect(of((await held).predictions)).toBeLessThan(1.05 * of((await plain).predictions));
    expect(of((await held).predictions)).toBeLessThan(0.95 * of(constant.predictions));
  });

  test("are the same bytes in a thread", async () => {
    const { onnx } = await fitInWorker(requestOf(modelOf({ objective, monotone: DIRECTIONS })));
    expect(Buffer.from(onnx).equals((await held).onnx)).toBe(true);
  });
});

test("samples of rows and of columns leave the directions as they are", async () => {
  const model = modelOf({ monotone: DIRECTIONS, subsample: 0.6, colsample: 0.4, learningRate: 0.3 });
  expect(await stepsAgainst((await fitModel(requestOf(model))).onnx)).toBe(0);
});

test("without directions the file has the bytes of trees that know of none", async () => {
  const model = modelOf({ rounds: 20 });
  const { onnx } = await fitModel(requestOf(model));
  const library = await loadXgboost();
  const booster = library.train({ ...train, params: xgboostParams(model, "binary"), rounds: model.rounds });
  const trees = parseModel(booster.toJson());
  booster.free();
  expect(Object.keys(xgboostParams(model, "binary"))).not.toContain("monotone_constraints");
  expect(Buffer.from(onnx).equals(onnxFromTrees(trees, {}, ["delayed"]))).toBe(true);
});

describe("a search with directions", () => {
  const searched = (change: Partial<ModelConfig<"auto">>) =>
    fitModel(
      requestOf({
        objective: "binary",
        learner: "auto",
        seed: 0,
        ...defaultsOf("auto"),
        trials: 6,
        ...change,
      } as ModelConfig),
    );

  test("tries no learner that can't keep to them, and keeps to them, a blend too", async () => {
    const { onnx, search } = await searched({ monotone: DIRECTIONS });
    expect(new Set(search!.trials.map(({ learner }) => learner))).toEqual(new Set(["xgboost"]));
    for (const { parameters } of search!.trials) expect(parameters["monotone"]).toEqual(DIRECTIONS);
    expect(await stepsAgainst(onnx)).toBe(0);
  });

  test("is another one than without: its file alone names them", async () => {
    const { search } = await searched({ trials: 2 });
    expect(new Set(search!.trials.map(({ learner }) => learner)).size).toBe(2);
    for (const { parameters } of search!.trials) expect(parameters).not.toHaveProperty("monotone");
  });
});

describe("refused with the reason:", () => {
  test.each([
    ["a column that the rows lack", { monotone: { height: "up" } }, 'model.monotone: there is no column "height"'],
    ["a column of categories", { monotone: { carrier: "up" } }, 'model.monotone: column "carrier" holds categories'],
    ["a quantile", { objective: "quantile(0.9)", monotone: { visib: "down" } }, "of objective quantile(0.9)"],
    ["lines under the trees", { margin: "linear", monotone: { visib: "down" } }, "margin linear keep to no direction"],
    ["another word", { monotone: { visib: "sideways" } }, 'model.monotone is {"visib":"sideways"}'],
  ] as const)("%s", async (_, change, message) => {
    await expect(fitModel(requestOf(modelOf(change as Partial<ModelConfig<"xgboost">>)))).rejects.toThrow(message);
  });
});
