import { betterMetric } from "./better-metric.ts";
import { calibrated } from "./calibrated.ts";
import type { CheckVerdict, Evidence, GateCheck } from "./gate-check.ts";
import { keptUnits } from "./kept-units.ts";
import { heldOut } from "./held-out.ts";
import { sameRival } from "./same-rival.ts";
import { noSliceWorse } from "./slices.ts";

/** In the order in which they are told. */
export const gateChecks: readonly GateCheck[] = [heldOut, sameRival, betterMetric, noSliceWorse, calibrated, keptUnits];

export type { Evidence };

export interface Verdict {
  readonly promote: boolean;
  /** All that the checks said, for the model's record. */
  readonly reason: string;
  readonly checks: readonly (CheckVerdict & { readonly check: string })[];
}

/** A candidate goes to production if a check passed it and none refused it. Every check is asked. */
export function gate(evidence: Evidence, some: readonly GateCheck[] = gateChecks): Verdict {
  const checks = some.flatMap((check) => {
    const verdict = check.verdict(evidence);
    return verdict === undefined ? [] : [{ check: check.name, ...verdict }];
  });
  const promote = checks.length > 0 && checks.every(({ passed }) => passed);
  const reason = checks.map((check) => check.reason).join("; ") || "refused: no check could judge it";
  return { promote, reason, checks };
}
