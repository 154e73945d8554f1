import type { DecisionRecorded } from "../../schemas/index.ts";

/**
 * Combines a decision made again by another blueprint version with the live record. The features are those that the new
 * version would have seen. Action, distribution, propensity, reason, mode, model and prediction stay the live record's:
 * otherwise, estimates from its rows would be about decisions that were never taken. By the same version, or without a
 * live decision, the decision made again stands. The same holds for the options that were shown, and their positions; one that the
 * other version does not know has no features.
 */
export function restated(again: DecisionRecorded, live: DecisionRecorded | undefined): DecisionRecorded {
  if (live === undefined || live.blueprintVersion === again.blueprintVersion) return again;
  const { blueprintVersion, features, keys } = again;
  const made = new Map(again.options.map((option) => [option.optionId, option.features]));
  const options = live.options.map((option) => ({ ...option, features: made.get(option.optionId) ?? [] }));
  return { ...live, blueprintVersion, features, keys, options: live.options.length === 0 ? live.options : options };
}
