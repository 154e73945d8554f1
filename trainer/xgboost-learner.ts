import { checkFit } from "./check-fit.ts";
import type { Learner, LearnerParams } from "./learner.ts";
import { onnxFromTrees } from "./onnx/index.ts";
import { loadXgboost, parseModel, totalGain, type XgboostParams } from "./xgboost/index.ts";

/** Gradient-boosted trees on the calling thread, which is blocked for the whole fit: for workers and tests. */
export function createXgboostLearner(): Learner {
  return {
    name: "xgboost",
    async fit(train, holdout, params, metadata, onProgress) {
      checkFit(train, holdout, params);
      const started = performance.now();
      // A fresh instance a fit: the memory of WebAssembly only shrinks by being dropped.
      const xgboost = await loadXgboost();
      const booster = xgboost.train({
        ...train,
        params: xgboostParams(params),
        rounds: params.rounds,
        ...(onProgress && { onRound: onProgress }),
      });
      try {
        const model = parseModel(booster.toJson());
        return {
          onnx: onnxFromTrees(model, metadata),
          predictions: holdout.rows === 0 ? new Float32Array(0) : booster.predict(holdout.features, holdout.rows),
          importance: totalGain(model),
          seconds: (performance.now() - started) / 1000,
        };
      } finally {
        booster.free();
      }
    },
  };
}

function xgboostParams(params: LearnerParams): XgboostParams {
  return {
    objective: params.objective === "binary" ? "binary:logistic" : "reg:squarederror",
    tree_method: "hist",
    max_depth: params.depth,
    eta: params.learningRate,
    min_child_weight: params.minChildWeight,
    subsample: params.subsample,
    lambda: params.l2,
    max_bin: params.maxBins,
    seed: params.seed,
  };
}
