import { createHash } from "node:crypto";
import { loadScorer } from "../../../serving/index.ts";
import { episodeDefaults } from "../../../trainer/episodes/episode-learner.ts";
import type { EpisodeLearnerName, EpisodeLearnerParameters } from "../../../blueprints/index.ts";
import type { LearntValues } from "../../../trainer/episodes/episode-learner.ts";
import type { EpisodeSteps } from "../../../trainer/episodes/episode-steps.ts";
import { episodeLearners } from "../../../trainer/episodes/learners/index.ts";
import { greedy, grid, GRID_ROWS, valueOf, type Policy } from "../../fixtures/worlds/fatigue.ts";

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** By a learner's own parameters, but for those that are given. */
export function learnt<L extends EpisodeLearnerName>(
  name: L,
  steps: EpisodeSteps,
  parameters: Partial<EpisodeLearnerParameters[L]> = {},
): Promise<LearntValues> {
  const learner = episodeLearners[name];
  const inputs = Array.from({ length: steps.columns }, (_, column) => ({ name: `column${column}` }));
  return learner.fit({
    ...{ steps, inputs, seed: 0, metadata: { made: "by a test" } },
    parameters: { ...episodeDefaults(learner), ...parameters },
  });
}

/** The outputs of a file for rows, by name. */
export async function served(
  onnx: Uint8Array,
  features: Float32Array,
  rows: number,
): Promise<ReadonlyMap<string, Float32Array>> {
  const scorer = await loadScorer(onnx);
  const outputs = await scorer.score(features, rows);
  return new Map(scorer.outputs.map((name, at) => [name, outputs[at]!]));
}

/** The policy of the world that takes the action of the largest value. */
export async function greedyOf({ onnx }: LearntValues): Promise<Policy> {
  const outputs = await served(onnx, grid, GRID_ROWS);
  return greedy(outputs.get("value_hold")!, outputs.get("value_send")!);
}

/** Its exact value. */
export const worth = async (values: LearntValues): Promise<number> => valueOf(await greedyOf(values));

/** The largest difference between what a file predicts for its own steps and what its learner says. */
export async function difference({ onnx, values, logged }: LearntValues, steps: EpisodeSteps): Promise<number> {
  const outputs = await served(onnx, steps.features, steps.steps);
  let most = 0;
  for (const [kind, own] of [
    ["value", values],
    ["logged", logged],
  ] as const) {
    for (const [number, action] of steps.actions.entries()) {
      const predicted = outputs.get(`${kind}_${action}`)!;
      for (let step = 0; step < steps.steps; step++) {
        const gap = Math.abs(predicted[step]! - own[step * steps.actions.length + number]!);
        most = Math.max(most, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap);
      }
    }
  }
  return most;
}
