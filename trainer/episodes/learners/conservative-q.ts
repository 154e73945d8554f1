import { valueName } from "../../../blueprints/index.ts";
import { onnxFromNetwork } from "../../onnx/index.ts";
import { loadXgboost } from "../../xgboost/index.ts";
import type { EpisodeLearner } from "../episode-learner.ts";
import { cloneLogged } from "../logged-trees.ts";
import { valueFile } from "../value-file.ts";
import { fitNetwork } from "../value-network.ts";

/** Conservative Q-learning by a network: it stays the nearer to the log the larger `alpha` is. */
export const conservativeQ: EpisodeLearner<"conservativeQ"> = {
  name: "conservativeQ",
  async fit({ steps, inputs, parameters, seed, metadata, onProgress }) {
    const { network, plan, scale, values } = fitNetwork({ steps, inputs, parameters, seed, onProgress });
    const names = steps.actions.map(valueName);
    const heads = names.map((name) => ({ name, objective: "regression", mean: 0, scale }) as const);
    const onnx = onnxFromNetwork(network, plan, steps.columns, heads, {});
    const { model, logged } = cloneLogged(await loadXgboost(), steps, seed);
    return {
      onnx: valueFile(
        [{ label: "values", onnx, outputs: new Map(names.map((name) => [name, name])) }],
        [model],
        metadata,
      ),
      values: values.map((value) => value * scale),
      logged,
    };
  },
};
