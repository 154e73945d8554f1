import type { LadderConfig } from "../../../blueprints/index.ts";
import type { LadderCheck, Trial } from "../ladder-check.ts";
import { enough } from "./enough.ts";
import { guardrails } from "./guardrails.ts";
import { inTime } from "./in-time.ts";
import { noWorse } from "./no-worse.ts";
import { predicts } from "./predicts.ts";
import { returnsNoLess } from "./returns-no-less.ts";
import { worthNoLess } from "./worth-no-less.ts";

/** In the order in which they are told. */
export const ladderChecks: readonly LadderCheck[] = [
  predicts,
  inTime,
  noWorse,
  worthNoLess,
  returnsNoLess,
  guardrails,
  enough,
];

/** Whether a model that was tried has to go, whatever else is known of it. */
export const failsTrial = (ladder: LadderConfig, trial: Trial): boolean =>
  [predicts.verdict({ trial, failure: null }), inTime.verdict({ ladder, trial })].some(
    (verdict) => verdict?.kind === "fail",
  );
