import { placeAt, type Explorer, type ParamValues } from "../../blueprints/index.ts";
import type { DecisionRecorded } from "../../schemas/index.ts";
import { drawsOf } from "./draw.ts";

interface ValueAsked {
  readonly explorer: Pick<Explorer, "distribution">;
  /** All that could be decided. */
  readonly actions: DecisionRecorded["actions"];
  /** The policy's own decision and its reason; null: it has none. */
  readonly value: DecisionRecorded["value"];
  readonly reason: DecisionRecorded["reason"];
  readonly params: ParamValues;
  /** Of the decision. */
  readonly seed: string;
}

/** A value of the decision space, drawn by the decision's seed. */
export function drawValue({
  explorer,
  actions,
  value: own,
  reason,
  params,
  seed,
}: ValueAsked): Pick<DecisionRecorded, "actions" | "distribution" | "value" | "propensity" | "reason" | "scores"> {
  const scores = actions.map((action) => Number(action === own));
  const distribution = explorer.distribution({ scores, greedy: scores.indexOf(1), beliefs: [] }, params);
  const at = placeAt(drawsOf(seed)(0), distribution);
  const value = actions[at]!;
  const isOther = reason !== "noModel" && value !== own;
  return {
    ...{ actions, distribution, value, scores },
    propensity: distribution[at]!,
    reason: isOther ? "explore" : reason,
  };
}
