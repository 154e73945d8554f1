import type { Estimated, Evaluation } from "../../recompute/index.ts";
import { PROOF } from "../../statistics/index.ts";
import { table } from "../text/table.ts";

/** An evaluation for people: the estimates or the reasons for none, and what they are made of. */
export function evaluationText(evaluation: Evaluation): string {
  const { useCase, policy, reward, support, refused, estimates, logged, level } = evaluation;
  const count = support.decisions.toLocaleString("en");
  const rows = Object.entries({ ...estimates, ...(logged === null ? {} : { "as logged": logged }) });
  return [
    `${policy} by ${count} decisions of ${useCase}, mean ${reward} a decision`,
    ...(rows.length === 0 ? [] : [table(["", "estimate", "error", `${100 * level} % interval`], rows.map(line))]),
    ...(estimates === null ? [] : ["the interval of DM has no part of the error of its model"]),
    ...betText(evaluation),
    `support: ${evaluation.support.effectiveDecisions.toFixed(1)} effective decisions, mean weight ` +
      `${support.meanWeight.toFixed(3)}, largest ${support.largestWeight.toFixed(1)}; ` +
      `the policy would never do what was done in ${percent(support.notTaken)} of the decisions`,
    ...(evaluation.untried.share === 0
      ? []
      : [`${percent(evaluation.untried.share)} of what the policy does could not have been done in the log`]),
    `predictions: ${predictionsText(evaluation)}`,
    ...leftOutText(evaluation),
    ...refused.map((why) => `refused: ${why}`),
  ].join("\n");
}

function betText({ bet }: Evaluation): readonly string[] {
  if (bet === null) return [];
  const proved = bet.most >= PROOF ? "which proves it" : `${PROOF} would prove it`;
  return [
    `a bet that the policy is worth more than what was logged made 1 into ${figure(bet.most)} at most: ${proved}, however often one looks`,
  ];
}

const line = ([name, { value, standardError, interval }]: readonly [string, Estimated]): readonly string[] => [
  ...[name, figure(value), figure(standardError), interval.map(figure).join(" to ")],
];

const figure = (value: number): string => (value === 0 ? "0" : value.toPrecision(4));
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function predictionsText({ predictions, modelId }: Evaluation): string {
  if (predictions === "none") return "none are needed";
  return predictions === "model" ? `of model ${modelId}` : "as logged; no model of the policy is in production";
}

function leftOutText({ leftOut, rewarded, lacking }: Evaluation): readonly string[] {
  const reasons = [
    [leftOut.withoutPropensity, "without a propensity"],
    [leftOut.withoutAction, "without an action of the policy"],
    [leftOut.withoutFeatures, `without features of the policy (${lacking.join(", ")})`],
    [leftOut.withoutRequest, "whose request is gone"],
    [leftOut.ofOtherVersions, "of versions that are gone or decide on another kind"],
  ] as const;
  return reasons
    .filter(([count]) => count > 0)
    .map(([count, why]) => `left out: ${count} of ${rewarded} decisions ${why} (${percent(count / rewarded)})`);
}
