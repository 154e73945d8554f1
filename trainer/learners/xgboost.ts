import { learnerKinds, type LearnerKind, type ModelConfig, type Objective } from "../../blueprints/index.ts";
import { onnxFromTrees } from "../onnx/index.ts";
import { loadXgboost, parseModel, totalGain, type XgboostParams } from "../xgboost/index.ts";
import type { Learner } from "./learner.ts";
import { DomainError } from "../../schemas/index.ts";

const OBJECTIVES: Readonly<Record<Objective, string>> = { binary: "binary:logistic", regression: "reg:squarederror" };

/** Gradient-boosted trees. */
export const xgboost: Learner<"xgboost"> = {
  kind: learnerKinds.get("xgboost") as LearnerKind<"xgboost">,
  module: import.meta.url,
  async fit({ features, rows, columns, weights, labels, model, metadata, onProgress }) {
    const [label, second] = labels;
    if (label === undefined || second !== undefined) {
      throw new DomainError(
        "BAD_TRAINING_DATA",
        `xgboost learns one label at a time, not ${labels.length}: fit one model for each`,
      );
    }
    // A fresh instance a fit: the memory of WebAssembly only shrinks by being dropped.
    const library = await loadXgboost();
    const booster = library.train({
      ...{ features, labels: label.values, rows, columns },
      ...(weights && { weights }),
      params: xgboostParams(model, label.objective),
      rounds: model.rounds,
      ...(onProgress && { onRound: onProgress }),
    });
    try {
      const trees = parseModel(booster.toJson());
      return { onnx: onnxFromTrees(trees, metadata), importance: totalGain(trees) };
    } finally {
      booster.free();
    }
  },
};

/** In the library's own words. */
export function xgboostParams(model: ModelConfig<"xgboost">, objective: Objective): XgboostParams {
  return {
    objective: OBJECTIVES[objective],
    tree_method: "hist",
    max_depth: model.depth,
    eta: model.learningRate,
    min_child_weight: model.minChildWeight,
    subsample: model.subsample,
    lambda: model.l2,
    max_bin: model.maxBins,
    seed: model.seed,
  };
}
