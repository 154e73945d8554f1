import {
  learnerKinds,
  objectiveKind,
  quantileOf,
  type LearnerKind,
  type ModelConfig,
  type Objective,
  type ObjectiveKind,
} from "../../blueprints/index.ts";
import { onnxFromTrees } from "../onnx/index.ts";
import {
  firstRounds,
  loadXgboost,
  parseModel,
  totalGain,
  type Validation,
  type XgboostParams,
} from "../xgboost/index.ts";
import { byLogarithm } from "../search/by-logarithm.ts";
import { lossOfMargins } from "../loss.ts";
import { fitMargin, onMargin, startAt } from "./linear-margin.ts";
import type { FitValidation, Learner } from "./learner.ts";
import { monotoneConstraints } from "./monotone-constraints.ts";
import { taskOf, type FitTask } from "./only-label.ts";

const OBJECTIVES: Readonly<Record<ObjectiveKind, string>> = {
  binary: "binary:logistic",
  regression: "reg:squarederror",
  quantile: "reg:quantileerror",
  multiclass: "multi:softprob",
};

/** Gradient-boosted trees. */
export const xgboost: Learner<"xgboost"> = {
  kind: learnerKinds.get("xgboost") as LearnerKind<"xgboost">,
  module: import.meta.url,
  steps: "rounds",
  space: {
    first: [
      {},
      { depth: 3, learningRate: 0.05, rounds: 600, minChildWeight: 10, subsample: 0.8, colsample: 0.5, l2: 5 },
      { depth: 7, learningRate: 0.03, rounds: 1000, minChildWeight: 30, subsample: 0.8, colsample: 0.4, l2: 5 },
      { depth: 5, learningRate: 0.04, rounds: 750, minChildWeight: 30, subsample: 0.8, colsample: 0.4, l2: 5 },
    ],
    more: (draw) => {
      const learningRate = byLogarithm(0.03, 0.15, draw("learningRate"));
      return {
        depth: 3 + Math.floor(6 * draw("depth")),
        learningRate,
        // Small steps are many; the rows that judge say when there are enough.
        rounds: Math.ceil(30 / learningRate),
        minChildWeight: byLogarithm(1, 60, draw("minChildWeight")),
        subsample: 0.5 + 0.5 * draw("subsample"),
        colsample: 0.3 + 0.7 * draw("colsample"),
        l2: byLogarithm(0.3, 40, draw("l2")),
      };
    },
  },
  async fit(input) {
    const { features, rows, columns, inputs, weights, labels, validation, model, metadata, onProgress } = input;
    const task = taskOf("xgboost", labels);
    const label = { ...labels[0]!, objective: task.objective };
    const lines = model.margin === "linear" ? await fitMargin(input, label) : undefined;
    const directions = monotoneConstraints(model, inputs, task.objective);
    // A fresh instance a fit: the memory of WebAssembly only shrinks by being dropped.
    const library = await loadXgboost();
    const booster = library.train({
      ...{ features, labels: task.values, rows, columns },
      ...(weights && { weights }),
      margins: lines?.margins,
      params: {
        ...xgboostParams(model, task.objective, task.outputs.length),
        ...(lines && startAt(task.objective)),
        ...(directions !== undefined && { monotone_constraints: directions }),
      },
      rounds: model.rounds,
      ...(validation && { validation: { ...stoppingBy(validation, task), margins: lines?.judging } }),
      ...(onProgress && { onRound: onProgress }),
    });
    try {
      const trees = firstRounds(parseModel(booster.toJson()), booster.rounds);
      const steps = validation && { steps: booster.rounds };
      if (lines !== undefined) return { ...(await onMargin(input, label, lines, trees)), ...steps };
      const onnx = onnxFromTrees(trees, metadata, task.outputs);
      return { onnx, importance: totalGain(trees), ...steps, summed: { trees } };
    } finally {
      booster.free();
    }
  },
};

/** Rounds without a gain before a training ends. */
const PATIENCE = 50;

function stoppingBy({ features, rows, labels, weights }: FitValidation, { objective, valuesOf }: FitTask): Validation {
  const values = valuesOf(labels);
  return {
    features,
    rows,
    patience: PATIENCE,
    lossOf: (margins) => lossOfMargins(objective, margins, values, weights),
  };
}

/** In the library's own words. */
export function xgboostParams(model: ModelConfig<"xgboost">, objective: Objective, outputs = 1): XgboostParams {
  const share = quantileOf(objective);
  return {
    objective: OBJECTIVES[objectiveKind(objective)],
    ...(objective === "multiclass" && { num_class: outputs }),
    ...(share !== undefined && { quantile_alpha: share }),
    tree_method: "hist",
    max_depth: model.depth,
    eta: model.learningRate,
    min_child_weight: model.minChildWeight,
    subsample: model.subsample,
    colsample_bytree: model.colsample,
    lambda: model.l2,
    max_bin: model.maxBins,
    seed: model.seed,
  };
}
