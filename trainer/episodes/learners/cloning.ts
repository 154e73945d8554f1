import { loggedName, valueName } from "../../../blueprints/index.ts";
import { loadXgboost } from "../../xgboost/index.ts";
import type { EpisodeLearner } from "../episode-learner.ts";
import { cloneLogged } from "../logged-trees.ts";
import { valueFile } from "../value-file.ts";

/**
 * The policy of the log, whose most likely action has the largest value: what any other learner has to beat. Its values
 * are probabilities, not rewards.
 */
export const cloning: EpisodeLearner<"cloning"> = {
  name: "cloning",
  async fit({ steps, seed, metadata }) {
    const library = await loadXgboost();
    const { model, logged } = cloneLogged(library, steps, seed);
    const outputs = new Map(steps.actions.map((action) => [loggedName(action), valueName(action)]));
    const values = { label: "values", onnx: model.onnx, outputs };
    return { onnx: valueFile([values], [model], metadata), values: logged, logged };
  },
};
