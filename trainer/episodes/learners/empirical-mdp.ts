import { loggedName, valueName } from "../../../blueprints/index.ts";
import { cellsOf, ordinalAt, plan, planFeatures } from "../cells.ts";
import type { EpisodeLearner } from "../episode-learner.ts";
import { largest } from "../states.ts";
import { tableTree } from "../table-tree.ts";
import { valueFile } from "../value-file.ts";

/**
 * Dynamic programming in the decision process that the episodes show, for few states of discrete features. What an
 * action leads to is learnt from all times together, and the values are of each ordinal of an episode's steps, where a
 * column tells it. The file has all of them as a table.
 */
export const empiricalMdp: EpisodeLearner<"empiricalMdp"> = {
  name: "empiricalMdp",
  async fit({ steps, parameters, metadata }) {
    const cells = cellsOf(steps);
    const { actions, states, ordinals } = cells;
    const features = planFeatures(cells, steps);
    const rows = features.length / steps.columns;
    const table = tableTree(features, rows, steps.columns);
    const planned = plan(cells, steps.discount, parameters.smoothing, (values, at) => largest(values, at, actions));
    const values = Float32Array.from(planned);
    const logged = loggedShares(cells.counts, actions, rows);
    const rowOf = (step: number): number => ordinalAt(steps, step, ordinals) * states.count + states.of[step]!;
    const stepsOf = (of: Float32Array): Float32Array =>
      Float32Array.from(
        { length: steps.steps * actions },
        (_, at) => of[rowOf(Math.floor(at / actions)) * actions + (at % actions)]!,
      );
    const models = (of: Float32Array, named: (action: string) => string) =>
      steps.actions.map((action, number) => ({
        label: named(action),
        onnx: table.onnx(Float32Array.from({ length: rows }, (_, row) => of[row * actions + number]!)),
      }));
    return {
      onnx: valueFile(models(values, valueName), models(logged, loggedName), metadata),
      values: stepsOf(values),
      logged: stepsOf(logged),
    };
  },
};

/** Shares of the actions of each state, as if each had been taken once more. */
function loggedShares(counts: Float64Array, actions: number, rows: number): Float32Array {
  const sums = new Float64Array(counts.length / actions);
  for (const [cell, count] of counts.entries()) sums[Math.floor(cell / actions)]! += count + 1;
  return Float32Array.from({ length: rows * actions }, (_, at) => {
    const cell = at % counts.length;
    return (counts[cell]! + 1) / sums[Math.floor(cell / actions)]!;
  });
}
