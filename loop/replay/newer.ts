import { decisionRequests, events, observations } from "../../schemas/index.ts";
import {
  PLACE_HEADER,
  readTopic,
  type AnyTopic,
  type Backbone,
  type Refused,
  type Serdes,
  type Topic,
} from "../../streams/index.ts";
import { ORPHAN_MS, type ReplayRequest } from "./plan.ts";
import type { ReplayProgress } from "./replay-topics.ts";

/** Records of the replay's time and use case that came after its start. The replay is made without them. */
export interface NewerRecords {
  readonly requests: number;
  readonly observations: number;
  readonly events: number;
  /** Event time of the newest of them, ms. */
  readonly until: number;
}

/** @returns `undefined`: there are none. */
export async function newerRecords(
  side: Backbone,
  serdes: Serdes,
  request: ReplayRequest,
  progress: ReplayProgress,
  ttlMs: number,
  refused: Refused,
): Promise<NewerRecords | undefined> {
  // Before its first step the replay has not settled its end.
  if (progress.marks.length === 0) return undefined;
  const { useCase, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = request;
  let until = Number.NEGATIVE_INFINITY;
  const ids = new Map(
    (await side.describe(topics.map(({ name }) => name))).map(({ topic, topicId }) => [topic, topicId]),
  );
  const count = async <V>(
    topic: Topic<V>,
    since: number,
    before: number,
    isIts: (value: V) => boolean,
  ): Promise<number> => {
    const known = progress.topicIds[topic.name];
    // A topic that was made anew is new from its start.
    const isSame = known === undefined || known === ids.get(topic.name);
    const at = progress.marks.flatMap(({ topic: name, partition, end }) =>
      isSame && name === topic.name && end !== null ? [{ topic: name, partition, offset: end }] : [],
    );
    let found = 0;
    const options = {
      from: at,
      isWanted: ({ timestamp, partition, offset }: { timestamp: number; partition: number; offset: number }) =>
        timestamp >= since && timestamp < before && !refused.has(topic.name, partition, offset),
      onBad: () => undefined,
    };
    for await (const { value, time, headers } of readTopic(side, serdes, topic, options)) {
      // A record that was passed on is there twice.
      if (!isIts(value) || headers[PLACE_HEADER] !== undefined) continue;
      found++;
      until = Math.max(until, time);
    }
    return found;
  };
  const found = {
    requests: await count(decisionRequests, from, to, (value) => value.useCase === useCase),
    observations: await count(
      observations,
      progress.from - ORPHAN_MS,
      to + ttlMs,
      (value) => value.useCase === "" || value.useCase === useCase,
    ),
    events: await count(events, progress.from - progress.lookBackMs, to, () => true),
  };
  return Number.isFinite(until) ? { ...found, until } : undefined;
}

const topics: readonly AnyTopic[] = [decisionRequests, observations, events];
