import {
  optionVector,
  type CompiledBlueprint,
  type CompiledPosterior,
  type PosteriorName,
} from "../../blueprints/index.ts";
import type { Enriched } from "../../schemas/index.ts";
import { emptySums, linearPosterior, type LinearPosterior } from "../../statistics/index.ts";
import { stateAt, stateOf, type PosteriorSeries } from "../globals/index.ts";
import type { Predicted, Predictions } from "./logic.ts";

/** What is known of an option by its posterior. `posteriorUpdates` names the state on its topic; 0: none, the prior. */
export type Believed = Readonly<Record<PosteriorName | "posteriorUpdates", number>>;

/** A state's bytes as often as it is asked for. */
const solved = new WeakMap<Uint8Array, Map<number, Solved>>();

interface Solved extends LinearPosterior {
  readonly rows: number;
  readonly updates: number;
}

/** The prior: nothing is known yet. */
const priors = new Map<string, Solved>();

export function solvedPosterior(
  bytes: Uint8Array | undefined,
  { dimensions, ridge }: Pick<CompiledPosterior, "dimensions" | "ridge">,
): Solved {
  if (bytes === undefined) {
    const name = `${dimensions}/${ridge}`;
    let prior = priors.get(name);
    if (prior === undefined) {
      prior = { ...linearPosterior(emptySums(dimensions), ridge), rows: 0, updates: 0 };
      priors.set(name, prior);
    }
    return prior;
  }
  const byRidge = solved.get(bytes) ?? new Map<number, Solved>();
  solved.set(bytes, byRidge);
  let found = byRidge.get(ridge);
  if (found === undefined) {
    const { rows, updates, squares, products } = stateOf(bytes);
    found = { ...linearPosterior({ dimensions, rows, squares, products }, ridge), rows, updates };
    byRidge.set(ridge, found);
  }
  return found;
}

/**
 * What is believed of each option of a request.
 *
 * @param stateOfOption the bytes of the state to go by
 */
export function believe(
  { features, options }: Pick<Enriched, "features" | "options">,
  { options: known, posterior }: CompiledBlueprint,
  stateOfOption: (optionId: string) => Uint8Array | undefined,
): readonly Believed[] {
  const states = options.map(({ optionId }) => solvedPosterior(stateOfOption(optionId), posterior!));
  const posteriorAllRows =
    posterior!.by === "all" ? (states[0]?.rows ?? 0) : states.reduce((sum, { rows }) => sum + rows, 0);
  return options.map((option, at) => {
    const { rows, updates, mean, deviation } = states[at]!;
    const x = posterior!.x(optionVector(features, option.features, known!));
    return {
      ...{ posteriorMean: mean(x), posteriorDeviation: deviation(x) },
      ...{ posteriorRows: rows, posteriorAllRows, posteriorUpdates: updates },
    };
  });
}

/** The predictions with what is believed at a time; without a posterior as they are. */
export function withBeliefs(
  predicted: Predicted,
  enriched: Enriched,
  compiled: CompiledBlueprint | undefined,
  states: PosteriorSeries,
  time: number,
): Predicted {
  if (compiled === undefined || compiled.posterior === null || compiled.options === null) return predicted;
  const believed = believe(enriched, compiled, (optionId) => stateAt(states, compiled, optionId, time));
  const { predictions, options } = predicted;
  return { predictions, options: believed.map((own, at): Predictions => ({ ...options[at], ...own })) };
}
