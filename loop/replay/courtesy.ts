import { setTimeout as delay } from "node:timers/promises";
import { decisionRequests } from "../../schemas/index.ts";
import type { Backbone, Pacing } from "../../streams/index.ts";

/** Records of one piece of work, which takes some milliseconds. */
const POLL_RECORDS = 64;
/** Wall time between two looks for new requests. */
const LOOK_EVERY_MS = 1_000;
/** The live loop counts as busy for this long after its last request. */
const BUSY_FOR_MS = 10_000;
/** Timers are no finer: shorter rests are added up. */
const SHORTEST_REST_MS = 2;

export interface CourtesyOptions {
  /**
   * The share of the time to work in, above 0 to 1, whether or not products ask. Absent: all of it, and `BESIDE_LIVE`
   * while products ask the live loop.
   */
  readonly share?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** A replay's share of the time while products ask the live loop. Measured: docs/decisions/008-replay.md. */
export const BESIDE_LIVE = 0.02;

/** Rests after every piece of work, so that the work takes only its share of the time. */
export function courtesy(backbone: Pick<Backbone, "offsets">, options: CourtesyOptions = {}): Pacing {
  const { share, now: clock = () => performance.now(), sleep = delay } = options;
  let owed = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** Before the second look nothing is known: the loop counts as busy. */
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
