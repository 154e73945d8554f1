import { formatDuration } from "../../blueprints/index.ts";
import { stateText, stepAfter, type ModelMove } from "../../catalogue/index.ts";
import { ladderChecks } from "./checks/index.ts";
import type { LadderCheck, LadderEvidence } from "./ladder-check.ts";

/** What a model on the ladder does next. */
export interface StepVerdict {
  /** `undefined`: it waits where it is. */
  readonly to: ModelMove | undefined;
  /** Why, with the figures. */
  readonly reason: string;
}

/**
 * Whether a model takes a step, waits, or is taken off the ladder. Pure.
 *
 * @param now event time, ms
 */
export function judgeStep(
  evidence: LadderEvidence,
  now: number,
  checks: readonly LadderCheck[] = ladderChecks,
): StepVerdict {
  const { ladder, state } = evidence;
  const verdicts = checks.flatMap((check) => check.verdict(evidence) ?? []);
  const told = (kind: (typeof verdicts)[number]["kind"]): string =>
    verdicts
      .filter((verdict) => verdict.kind === kind)
      .map(({ reason }) => reason)
      .join("; ");
  const off = (reason: string): StepVerdict => ({
    to: "withdrawn",
    reason: `rolled back from ${stateText(state)}: ${reason}`,
  });
  if (told("fail") !== "") return off(told("fail"));
  if (told("wait") === "") return { to: stepAfter(ladder, state), reason: told("pass") };
  const isOver = now - state.time > ladder.giveUpAfterMs;
  return isOver
    ? off(`after ${formatDuration(ladder.giveUpAfterMs)} ${told("wait")}`)
    : { to: undefined, reason: told("wait") };
}
