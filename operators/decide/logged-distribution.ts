import type { DecisionSpace } from "../../blueprints/index.ts";
import { recordLimits, type Candidate, type DecisionRecorded, type LoggedAction } from "../../schemas/index.ts";

type Actions = DecisionRecorded["actions"];

/** Logs have probabilities of 32 bits, and a sum of 500 of them. */
const SUM = 1e-3;
const SAME = 1e-6;

/** The actions that the probabilities of a logged action are of, in their order; `undefined`: there are no such. */
export function distributedOver(space: DecisionSpace, candidates: readonly Candidate[]): Actions | undefined {
  if (space.kind === "boolean") return [false, true];
  if (space.kind === "number") return undefined;
  if (space.kind === "actions" && candidates.length === 0) return space.actions;
  // Of two candidates with the same id the first counts.
  return [...new Set(candidates.map(({ optionId }) => optionId))];
}

interface Repeated {
  readonly optionId: string;
  /** Of the first and the second, from 0. */
  readonly places: readonly [number, number];
}

/** The first candidate whose id an earlier one has. */
export function repeatedCandidate(candidates: readonly Candidate[]): Repeated | undefined {
  const places = new Map<string, number>();
  for (const [at, { optionId }] of candidates.entries()) {
    const first = places.get(optionId);
    if (first !== undefined) return { optionId, places: [first, at] };
    places.set(optionId, at);
  }
  return undefined;
}

export const twiceText = ({ optionId, places: [first, second] }: Repeated): string =>
  `the candidate ${JSON.stringify(optionId)} is there twice, as [${first}] and [${second}]`;

function why(candidates: readonly Candidate[]): string {
  const twice = repeatedCandidate(candidates);
  return twice === undefined ? "" : `: ${twiceText(twice)}`;
}

/** The reason that a distribution can't have been that of the action, in words; `undefined`: it can, or there is none. */
export function distributionProblem(
  { value, propensity, distribution, positions }: LoggedAction,
  space: DecisionSpace,
  candidates: readonly Candidate[],
): string | undefined {
  if (positions.length > 0) return "only a ranking has probabilities of positions";
  if (distribution.length === 0) return undefined;
  const actions = distributedOver(space, candidates);
  if (actions === undefined) return "numbers have no distribution";
  if (actions.length !== distribution.length)
    return `the distribution has ${distribution.length} probabilities, of ${actions.length} actions${why(candidates)}`;
  const wrong = distribution.find((one) => !(one >= 0 && one <= 1));
  if (wrong !== undefined) return `the distribution has ${wrong}, which is no probability`;
  const sum = distribution.reduce((all, one) => all + one);
  if (Math.abs(sum - 1) > SUM) return `the distribution sums to ${sum}, and not to 1`;
  const unknown = actions.findIndex(
    (action, at) => distribution[at]! > 0 && space.kind === "actions" && !space.actions.includes(action as string),
  );
  if (unknown >= 0)
    return `the distribution has a probability of ${JSON.stringify(actions[unknown])}, which is no action`;
  const own = distribution[actions.indexOf(value)] ?? 0;
  if (!(own > 0)) return `the distribution has no probability of the action ${JSON.stringify(value)}`;
  const tooSmall = tooSmallProblem(own);
  if (tooSmall !== undefined) return tooSmall;
  if (propensity === null || isSamePropensity(own, propensity)) return undefined;
  return `the propensity is ${propensity}, and the distribution has ${own} for the action`;
}

/** The reason that estimates can't weigh by a propensity above 0, in words; `undefined`: they can. */
export const tooSmallProblem = (propensity: number): string | undefined =>
  propensity >= recordLimits.leastPropensity
    ? undefined
    : `the propensity ${propensity} is below ${recordLimits.leastPropensity}, the least that estimates can weigh by`;

/** Whether two probabilities are one, of which a log may have written one with fewer digits. */
export const isSamePropensity = (a: number, b: number): boolean => Math.abs(a - b) <= SAME * Math.max(a, b);

/** The probabilities in the order of a record's actions; empty: they are not known. */
export function recordedDistribution(
  { distribution }: LoggedAction,
  space: DecisionSpace,
  candidates: readonly Candidate[],
  actions: Actions,
): readonly number[] {
  if (distribution.length === 0) return [];
  const order = distributedOver(space, candidates) ?? [];
  return actions.map((action) => distribution[order.indexOf(action)] ?? 0);
}
