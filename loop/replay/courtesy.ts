import { setTimeout as delay } from "node:timers/promises";
import { decisionRequests } from "../../schemas/index.ts";
import type { Backbone, Pacing } from "../../streams/index.ts";

/** Records of one piece of work: it takes some milliseconds. */
const POLL_RECORDS = 64;
/** Wall time between two looks at whether anybody asks. */
const LOOK_EVERY_MS = 1_000;
/** So long after the last request the live loop still counts as asked. */
const BUSY_FOR_MS = 10_000;
/** Timers are no finer: shorter rests are added up. */
const SHORTEST_REST_MS = 2;

export interface CourtesyOptions {
  /** The share of the time to work in, above 0 to 1, whoever asks; absent: all of it, and `BESIDE_LIVE` while products ask the live loop. */
  readonly share?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** The share of the time a replay works in beside a live loop that is being asked. Measured: docs/decisions/008-replay.md. */
export const BESIDE_LIVE = 0.02;

/** Rests after every piece of work, so that it takes only a share of the time. */
export function courtesy(backbone: Pick<Backbone, "offsets">, options: CourtesyOptions = {}): Pacing {
  const { share, now: clock = () => performance.now(), sleep = delay } = options;
  let owed = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** Until the second look nobody knows: as if it had been asked. */
  let askedAt = Number.POSITIVE_INFINITY;
  let asked: number | undefined;

  const look = async (now: number): Promise<void> => {
    lookedAt = now;
    const requests = (await backbone.offsets([decisionRequests.name])).reduce((sum, { end }) => sum + end, 0);
    if (asked !== undefined) {
      if (requests > asked) askedAt = now;
      else if (askedAt > now) askedAt = Number.NEGATIVE_INFINITY;
    }
    asked = requests;
  };

  return {
    pollRecords: POLL_RECORDS,
    async rest(workedMs) {
      const now = clock();
      if (share === undefined && now - lookedAt >= LOOK_EVERY_MS) await look(now);
      const part = share ?? (now - askedAt < BUSY_FOR_MS ? BESIDE_LIVE : 1);
      if (part === 1) owed = 0;
      owed += workedMs / part - workedMs;
      if (owed < SHORTEST_REST_MS) return;
      const started = clock();
      await sleep(owed);
      owed -= clock() - started;
    },
  };
}
