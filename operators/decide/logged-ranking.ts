import type { DecisionSpace } from "../../blueprints/index.ts";
import type { Candidate, DecisionRecorded, LoggedAction } from "../../schemas/index.ts";
import type { Shown } from "./draw-options.ts";
import { distributedOver, isSamePropensity, repeatedCandidate, twiceText } from "./logged-distribution.ts";

/** The reason that a ranking can't have been shown, in words; `undefined`: it can. It is the order of the candidates. */
export function rankingProblem(
  { value, propensity, distribution, positions }: LoggedAction,
  space: DecisionSpace,
  candidates: readonly Candidate[],
): string | undefined {
  const order = distributedOver(space, candidates) ?? [];
  const [first] = order;
  if (first === undefined) return "a ranking of history is the order of its candidates, and there are none";
  const unknown = space.kind === "actions" ? order.find((one) => !space.actions.includes(one as string)) : undefined;
  if (unknown !== undefined) return `the candidate ${JSON.stringify(unknown)} is no action`;
  if (value !== first)
    return `a ranking of history is the order of its candidates: ${JSON.stringify(value)} is not at its top`;
  const twice = shownTwice(candidates, positions.length);
  if (twice !== undefined) return `${twice}: a ranking shows an option once`;
  if (distribution.length > 0) return "a ranking has probabilities of its positions, and no distribution";
  if (positions.length > order.length)
    return `there are probabilities of ${positions.length} positions, and ${order.length} options`;
  const wrong = positions.find((one) => !(one > 0 && one <= 1));
  if (wrong !== undefined) return `the probability ${wrong} of a position is not above 0 and at most 1`;
  if (propensity === null) return undefined;
  if (!(propensity > 0 && propensity <= 1)) return `the propensity ${propensity} is not above 0 and at most 1`;
  const product = positions.length === 0 ? null : productOf(positions);
  if (product === null || isSamePropensity(product, propensity)) return undefined;
  return `the propensity of the list is ${propensity}, and the product of its positions ${product}`;
}

/** Two of the candidates that were shown have one id: said in words, by their places from 0. @param shown 0: all */
function shownTwice(candidates: readonly Candidate[], shown: number): string | undefined {
  const twice = repeatedCandidate(shown === 0 ? candidates : candidates.slice(0, shown));
  return twice && twiceText(twice);
}

/** A ranking of history: the first of its options, as many as there are probabilities, or all. @param count of the options */
export function shownAs({ positions }: LoggedAction, count: number): Shown {
  const length = positions.length === 0 ? count : positions.length;
  return {
    shown: Array.from({ length }, (_, at) => at),
    propensities: Array.from({ length }, (_, at) => positions[at] ?? null),
    ...{ distribution: [], scores: [], beliefs: [], isOwn: true },
  };
}

/** The record's part of a ranking that was shown elsewhere. */
export const rankedElsewhere = (
  { propensity }: LoggedAction,
  made: Pick<DecisionRecorded, "propensity">,
): Pick<DecisionRecorded, "propensity" | "mode" | "reason"> => ({
  ...{ propensity: propensity ?? made.propensity, mode: "loggingOnly", reason: "logged" },
});

/** A smaller number has lost digits. */
const LEAST = 2 ** -1022;

/** Null: one of them is not known, or the product is too small for a number. */
export function productOf(propensities: readonly (number | null)[]): number | null {
  let product = 1;
  for (const propensity of propensities) {
    if (propensity === null) return null;
    product *= propensity;
  }
  return product < LEAST ? null : product;
}
