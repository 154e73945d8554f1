import { valueName } from "../../../blueprints/index.ts";
import { onnxFromTrees } from "../../onnx/index.ts";
import { loadXgboost } from "../../xgboost/index.ts";
import type { EpisodeLearner } from "../episode-learner.ts";
import { cloneLogged } from "../logged-trees.ts";
import { largest, ofSteps } from "../states.ts";
import { valueFile } from "../value-file.ts";
import { fitValues, valueRows } from "../value-trees.ts";

/** Fitted Q iteration on trees: the next state is worth as much as its best action. */
export const fittedQ: EpisodeLearner<"fittedQ"> = {
  name: "fittedQ",
  async fit({ steps, parameters, seed, metadata, onProgress }) {
    const library = await loadXgboost();
    const rows = valueRows(steps);
    const actions = steps.actions.length;
    const best = (values: Float32Array, at: number): number => largest(values, at, actions);

    const { values, trees } = fitValues(rows, best, { library, parameters, seed, onProgress });
    const { model, logged } = cloneLogged(library, steps, seed);
    const models = trees.map((one, action) => ({
      label: valueName(steps.actions[action]!),
      onnx: onnxFromTrees(one, {}),
    }));
    return {
      onnx: valueFile(models, [model], metadata),
      values: ofSteps(values, rows.states, actions),
      logged,
    };
  },
};
