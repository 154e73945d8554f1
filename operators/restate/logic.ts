import type { DecisionRecorded } from "../../schemas/index.ts";

/**
 * A decision made again by another blueprint version says what that version would have seen, and what was really done: action, distribution,
 * propensity, reason, mode, model and prediction stay the live record's, or estimates from its rows would be of decisions nobody
 * took. By the same version, or where nobody decided live, the decision made again stands.
 */
export function restated(again: DecisionRecorded, live: DecisionRecorded | undefined): DecisionRecorded {
  if (live === undefined || live.blueprintVersion === again.blueprintVersion) return again;
  return { ...live, blueprintVersion: again.blueprintVersion, features: again.features, keys: again.keys };
}
