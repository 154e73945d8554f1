import { decisions } from "../../schemas/index.ts";
import { readTopic } from "../../streams/index.ts";
import type { LoggedDecision } from "../logged-decisions.ts";
import type { RecomputeSource } from "../source.ts";

export interface NewestAsked {
  readonly useCase: string;
  /** Absent: of all versions. */
  readonly version?: string | undefined;
  readonly count: number;
}

/** The newest decisions by their times, from the oldest of them on. Unreadable records are left out. */
export async function newestDecisions(
  { backbone, serdes }: RecomputeSource,
  { useCase, version, count }: NewestAsked,
): Promise<readonly LoggedDecision[]> {
  let newest: LoggedDecision[] = [];
  let from = Number.NEGATIVE_INFINITY;
  const keep = (): void => {
    newest = newest.sort((a, b) => a.decision.decisionTime - b.decision.decisionTime).slice(-count);
    if (newest.length === count) from = newest[0]!.decision.decisionTime;
  };
  for await (const { value: decision, origin } of readTopic(backbone, serdes, decisions, {
    isWanted: ({ timestamp }) => timestamp >= from,
    onBad: () => undefined,
  })) {
    if (decision.useCase !== useCase || (version !== undefined && decision.blueprintVersion !== version)) continue;
    newest.push({ decision, origin });
    if (newest.length >= 2 * count) keep();
  }
  keep();
  return newest;
}
