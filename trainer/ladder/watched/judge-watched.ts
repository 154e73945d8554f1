import { formatDuration } from "../../../blueprints/index.ts";
import { stateText } from "../../../catalogue/index.ts";
import { watchChecks } from "./checks/index.ts";
import { figuresText } from "./figures-text.ts";
import type { WatchCheck, WatchEvidence } from "./watch-check.ts";

/** What becomes of a model that is watched in production. */
export interface WatchVerdict {
  /** `withdrawn`: the former model comes back. `production`: it stays, and the watch is over. `undefined`: it is watched on. */
  readonly to: "withdrawn" | "production" | undefined;
  /** Why, with the figures. */
  readonly reason: string;
}

/**
 * Whether the former model comes back. Pure.
 *
 * @param now event time, ms
 */
export function judgeWatched(
  evidence: WatchEvidence,
  now: number,
  checks: readonly WatchCheck[] = watchChecks,
): WatchVerdict {
  const { ladder, state, former, comparison } = evidence;
  const worse = checks.flatMap((check) => check.worse(evidence) ?? []);
  if (worse.length > 0) return { to: "withdrawn", reason: `rolled back from ${stateText(state)}: ${worse.join("; ")}` };
  const needed = ladder.watch ?? 0;
  const counted = comparison.gain?.decisions ?? 0;
  const told = `not proved worse than ${former}: ${figuresText(evidence)}`;
  if (counted >= needed) return { to: "production", reason: `no longer watched: ${told}` };
  if (now - state.time > ladder.giveUpAfterMs)
    return { to: "production", reason: `no longer watched after ${formatDuration(ladder.giveUpAfterMs)}: ${told}` };
  return { to: undefined, reason: `watched for ${counted} of ${needed} labelled decisions: ${told}` };
}
