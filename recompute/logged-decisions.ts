import { decisions, type DecisionRecorded } from "../schemas/index.ts";
import { partitionOf, readTopic, type OffsetRange, type Origin } from "../streams/index.ts";
import type { RecomputeSource } from "./source.ts";

/** A decision as it is on the topic. */
export interface LoggedDecision {
  readonly decision: DecisionRecorded;
  readonly origin: Origin;
}

export interface Wanted {
  /** Absent: of all use cases. */
  readonly useCase?: string | undefined;
  /** Decision times `[from, to)`, ms. */
  readonly from: number;
  readonly to: number;
  readonly isWanted: (decisionId: string) => boolean;
}

export interface LoggedDecisions {
  readonly logged: readonly LoggedDecision[];
  /** Records of wanted decisions that can't be decoded, each with the reason. */
  readonly unreadable: readonly { readonly decisionId: string; readonly time: number; readonly reason: string }[];
}

/** The wanted decisions, in one reading of the topic. Other records are not decoded. */
export async function readLogged(
  { backbone, serdes }: RecomputeSource,
  wanted: Wanted,
  ranges?: readonly OffsetRange[],
): Promise<LoggedDecisions> {
  const logged: LoggedDecision[] = [];
  const unreadable: { decisionId: string; time: number; reason: string }[] = [];
  const idOf = (key: Uint8Array | null): string => Buffer.from(key ?? []).toString();
  for await (const { value: decision, origin } of readTopic(backbone, serdes, decisions, {
    ranges,
    isWanted: ({ key, timestamp }) => timestamp >= wanted.from && timestamp < wanted.to && wanted.isWanted(idOf(key)),
    onBad: ({ key, timestamp }, error) =>
      unreadable.push({
        decisionId: idOf(key),
        time: timestamp,
        reason: error instanceof Error ? error.message : String(error),
      }),
  })) {
    if (wanted.useCase === undefined || decision.useCase === wanted.useCase) logged.push({ decision, origin });
  }
  return { logged, unreadable };
}

/** Every record of one decision id, oldest first: several if it was asked again after the join TTL. */
export async function findLogged(source: RecomputeSource, decisionId: string): Promise<readonly LoggedDecision[]> {
  const count = await source.backbone.partitions(decisions.name);
  if (count === undefined) return [];
  const partition = partitionOf(Buffer.from(decisionId), count);
  const wanted = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const { logged } = await readLogged(source, { ...wanted, isWanted: (id) => id === decisionId }, [
    { partition, from: 0, to: Number.POSITIVE_INFINITY },
  ]);
  return logged;
}
