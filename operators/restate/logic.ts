import type { DecisionRecorded } from "../../schemas/index.ts";

/**
 * Combines a decision made again by another blueprint version with the live record. The features are those that the new
 * version would have seen. Action, distribution, propensity, reason, mode, model and prediction stay the live record's:
 * otherwise, estimates from its rows would be about decisions that were never taken. By the same version, or without a
 * live decision, the decision made again stands.
 */
export function restated(again: DecisionRecorded, live: DecisionRecorded | undefined): DecisionRecorded {
  if (live === undefined || live.blueprintVersion === again.blueprintVersion) return again;
  return { ...live, blueprintVersion: again.blueprintVersion, features: again.features, keys: again.keys };
}
