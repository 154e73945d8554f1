import { decisionRequests, type DecisionRequested } from "../schemas/index.ts";
import { partitionOf, readTopic, type Headers, type OffsetRange, type Origin } from "../streams/index.ts";
import type { LoggedDecision } from "./logged-decisions.ts";
import type { RecomputeSource } from "./source.ts";

export interface FoundRequest {
  readonly request: DecisionRequested;
  readonly headers: Headers;
  readonly origin: Origin;
}

export interface Requests {
  readonly of: (logged: LoggedDecision) => FoundRequest | undefined;
  /** Requests at or before this time may be gone from the topic; `-Infinity` if it was read from its beginning. */
  readonly goneUntil: number;
}

/**
 * The request that each decision answered: the first with its use case, id, unit and time. A repeated request has the
 * same id and is answered without a record of its own. The partitions of the decision ids are read first. Those of the
 * units come next: former versions and some clients key requests by the unit. All others are read only for requests
 * with yet another key.
 */
export async function findRequests(
  { backbone, serdes }: RecomputeSource,
  logged: readonly LoggedDecision[],
): Promise<Requests> {
  const found = new Map<LoggedDecision, FoundRequest>();
  /** Requests for another unit than the record's: used for the comparison if there is no other. */
  const others = new Map<LoggedDecision, FoundRequest>();
  const of = (one: LoggedDecision): FoundRequest | undefined => found.get(one) ?? others.get(one);
  let goneUntil = Number.NEGATIVE_INFINITY;
  const count = await backbone.partitions(decisionRequests.name);
  if (count === undefined) return { of, goneUntil };
  const offsets = await backbone.offsets([decisionRequests.name]);
  const cut = new Set(offsets.filter(({ start }) => start > 0).map(({ partition }) => partition));
  const missing = new Map(Map.groupBy(logged, ({ decision }) => decision.decisionTime));
  const read = async (partitions: readonly number[]): Promise<void> => {
    if (missing.size === 0 || partitions.length === 0) return;
    const ranges: OffsetRange[] = partitions.map((partition) => ({ partition, from: 0, to: Number.POSITIVE_INFINITY }));
    for await (const record of readTopic(backbone, serdes, decisionRequests, {
      ranges,
      isWanted({ partition, timestamp }) {
        if (cut.delete(partition)) goneUntil = Math.max(goneUntil, timestamp);
        return missing.has(timestamp);
      },
      onBad: () => undefined,
    })) {
      const { value: request, time, origin, headers } = record;
      const here = missing.get(time) ?? [];
      const rest = here.filter((one) => {
        const { decisionId, useCase, unit } = one.decision;
        if (decisionId !== request.decisionId || useCase !== request.useCase) return true;
        if (unit !== request.unit) {
          others.set(one, others.get(one) ?? { request, headers, origin });
          return true;
        }
        found.set(one, { request, headers, origin });
        return false;
      });
      if (rest.length === 0) missing.delete(time);
      else missing.set(time, rest);
    }
  };
  const unread = new Set(Array.from({ length: count }, (_, partition) => partition));
  const readOf = async (keyOf: (one: LoggedDecision) => string): Promise<void> => {
    const waiting = [...missing.values()].flat();
    const partitions = new Set(waiting.map((one) => partitionOf(Buffer.from(keyOf(one)), count)));
    await read([...partitions].filter((partition) => unread.delete(partition)));
  };
  await readOf(({ decision }) => decision.decisionId);
  await readOf(({ decision }) => decision.unit);
  await read([...unread]);
  return { of, goneUntil };
}
