import { valueName } from "../../blueprints/index.ts";
import { loadScorer } from "../../serving/index.ts";
import type { LoggedEpisodes } from "../../statistics/index.ts";
import { onnxFromTrees } from "../onnx/index.ts";
import { loadXgboost } from "../xgboost/index.ts";
import { cellsOf, plan, planFeatures } from "./cells.ts";
import { episodeDefaults } from "./episode-learner.ts";
import type { EpisodeSteps } from "./episode-steps.ts";
import { fittedQ } from "./learners/fitted-q.ts";
import { tableTree } from "./table-tree.ts";
import { valueFile } from "./value-file.ts";
import { fitValues, valueRows } from "./value-trees.ts";

/**
 * The probability with which a policy takes each action.
 *
 * @param features rows × columns
 * @returns rows × actions
 */
export type TargetPolicy = (features: Float32Array, rows: number) => Float64Array | Promise<Float64Array>;

/** Q of a policy: what the rest of the episode is worth from an action on, if the policy goes on. */
export interface ActionValues {
  /** @returns rows × actions */
  of(features: Float32Array, rows: number): Promise<Float64Array>;
}

/** A way to learn Q of a policy from episodes of another one. */
export type QEvaluation = (steps: EpisodeSteps, policy: TargetPolicy, seed: number) => Promise<ActionValues>;

/** For few states of discrete features: the value of the policy in the decision process that the episodes show. */
export const evaluateByCells: QEvaluation = async (steps, policy) => {
  const cells = cellsOf(steps);
  const actions = steps.actions.length;
  const features = planFeatures(cells, steps);
  const rows = features.length / steps.columns;
  const chances = await policy(features, rows);
  const values = plan(cells, steps.discount, 0, (own, at, row) => expected(chances, row * actions, own, at, actions));
  const table = tableTree(features, rows, steps.columns);
  return valuesOf(steps, (action) => table.onnx(values.filter((_, at) => at % actions === action)));
};

/** For all others: fitted iteration on trees (Le, Voloshin and Yue 2019), as `fittedQ` but for the value of the next state. */
export const evaluateByTrees: QEvaluation = async (steps, policy, seed) => {
  const library = await loadXgboost();
  const actions = steps.actions.length;
  const rows = valueRows(steps);
  const { states, count } = { states: rows.states, count: rows.states.count };
  const features = new Float32Array(count * steps.columns);
  for (const [state, step] of states.first.entries())
    features.set(steps.features.subarray(step * steps.columns, (step + 1) * steps.columns), state * steps.columns);
  const chances = await policy(features, count);
  const { trees } = fitValues(rows, (own, at, state) => expected(chances, state * actions, own, at, actions), {
    ...{ library, parameters: episodeDefaults(fittedQ), seed },
  });
  return valuesOf(steps, (action) => onnxFromTrees(trees[action]!, {}));
};

function expected(chances: Float64Array, from: number, values: ArrayLike<number>, at: number, actions: number): number {
  let sum = 0;
  for (let action = 0; action < actions; action++) sum += chances[from + action]! * values[at + action]!;
  return sum;
}

async function valuesOf({ actions }: EpisodeSteps, onnxOf: (action: number) => Uint8Array): Promise<ActionValues> {
  const models = actions.map((action, at) => ({ label: valueName(action), onnx: onnxOf(at) }));
  const scorer = await loadScorer(valueFile(models, [], {}));
  return {
    async of(features, rows) {
      const outputs = await scorer.score(features, rows);
      return Float64Array.from(
        { length: rows * actions.length },
        (_, at) => outputs[at % actions.length]![Math.floor(at / actions.length)]!,
      );
    },
  };
}

/** Episodes as the estimates take them. @param values Q of the policy; absent: the estimates have no model */
export async function loggedEpisodes(
  steps: EpisodeSteps,
  policy: TargetPolicy,
  values?: ActionValues,
): Promise<LoggedEpisodes> {
  const { actions: names, action, starts, reward, propensity, discount, features, steps: count } = steps;
  const actions = names.length;
  const chances = await policy(features, count);
  const taken = (of: Float64Array): Float64Array =>
    Float64Array.from({ length: count }, (_, step) => of[step * actions + action[step]!]!);
  const q = await values?.of(features, count);
  return {
    ...{ starts, rewards: reward, propensities: propensity, probabilities: taken(chances), discount },
    ...(q && {
      q: taken(q),
      v: Float64Array.from({ length: count }, (_, step) =>
        expected(chances, step * actions, q, step * actions, actions),
      ),
    }),
  };
}
