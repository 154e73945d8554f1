import type { Support } from "../../statistics/index.ts";
import { SUPPORT_BOUNDS, type Estimated, type Evaluation, type LeftOutDecisions } from "./evaluation.ts";

/** Why the decisions say too little about the target, in words; empty: they say enough. */
export function refusals(
  support: Support,
  untried: Evaluation["untried"],
  leftOut: LeftOutDecisions,
  lacking: readonly string[],
): readonly string[] {
  const { effectiveDecisions: least, meanWeight, withoutAction } = SUPPORT_BOUNDS;
  const { decisions, effectiveDecisions, meanWeight: mean, largestWeight } = support;
  const all = decisions + Object.values(leftOut).reduce((sum, count: number) => sum + count, 0);
  if (decisions === 0) return [nothingText(all, lacking)];
  const why: string[] = [];
  if (effectiveDecisions < least)
    why.push(
      `${decisions} decisions weigh as much as ${effectiveDecisions.toFixed(1)} of the policy itself, and ${least} are needed; ` +
        `the largest weight is ${largestWeight.toFixed(1)}`,
    );
  if (mean < meanWeight[0] || mean > meanWeight[1])
    why.push(
      `the mean weight is ${mean.toFixed(3)}, and should be about 1 (${meanWeight[0]} to ${meanWeight[1]}): ` +
        (mean < 1
          ? "the policy takes actions that were never or hardly tried, or propensities are too large"
          : "a few decisions with small propensities weigh too much, or propensities are too small"),
    );
  if (untried.share > SUPPORT_BOUNDS.untried)
    why.push(
      `${(100 * untried.share).toFixed(1)} % of what the policy does had the probability 0 in the log, and at most ${100 * SUPPORT_BOUNDS.untried} % ` +
        "may: of that no reward is known" +
        (untried.certain === 0
          ? ""
          : `; ${untried.certain} of the decisions were not drawn at all, as before the exploration or by the product's own choice: leave them out with --from`),
    );
  if (leftOut.withoutAction > withoutAction * all)
    why.push(
      `the policy has no action for ${leftOut.withoutAction} of ${all} decisions, which is more than ${100 * withoutAction} %; before the first model predictions are missing: begin later with --from`,
    );
  return why;
}

/** Why figures are none: rewards whose squares no number holds. */
export function overflows(figures: Readonly<Record<string, Estimated>>): readonly string[] {
  const all = Object.values(figures).flatMap(({ value, standardError, interval }) => [
    value,
    standardError,
    ...interval,
  ]);
  if (all.every(Number.isFinite)) return [];
  return ["some rewards are too large for a mean and its error, which overflow: let the reward be in a larger unit"];
}

function nothingText(all: number, lacking: readonly string[]): string {
  if (all === 0) return "no decision in this time has a reward: see `loopstream rows`";
  if (lacking.length > 0) return `none of ${all} decisions has all features of the policy: ${lacking.join(", ")} lack`;
  return `none of ${all} decisions with a reward has both a propensity and an action of the policy`;
}
