import type { Backbone } from "../../backbone/backbone.ts";
import { streamsLimits } from "../../limits.ts";
import type { Log } from "../../log.ts";
import type { Outages } from "../../outage.ts";
import { ReplyTail } from "../../request-reply/reply-tail.ts";
import { ArrivalClock, systemClocks, type Clocks } from "../arrival-clock.ts";
import { readRaw } from "../read-topic.ts";

export interface FollowClockOptions {
  readonly backbone: Backbone;
  /** The clock topic: one partition, with timestamps of arrival. */
  readonly topic: string;
  readonly outages: Outages;
  readonly log: Log;
  readonly clocks?: Clocks | undefined;
}

/** The log's time, as ticks tell it. */
export interface FollowedClock {
  /** The log's time now, and its latest if a jump of it is in doubt, ms; `undefined` before the first tick. */
  said(): { readonly now: number; readonly latest: number } | undefined;
  /** The newest tick from before is not far from this machine's clock, so the two agree until another is heard. */
  readonly agreed: boolean;
  /** Resolves with the first tick. */
  readonly heard: Promise<void>;
  close(): Promise<void>;
}

/** Offsets at the end of the topic, among which the newest tick is: a week of ticks may lie before it. */
const NEWEST = 100;

/** Reads ticks from the end of their topic on, without a task. A clock of this machine that is not the log's is logged. */
export async function followClock(options: FollowClockOptions): Promise<FollowedClock> {
  const { backbone, topic, outages, log, clocks = systemClocks } = options;
  const clock = new ArrivalClock(log, clocks);
  clock.open(0);
  const { promise: heard, resolve } = Promise.withResolvers<void>();
  const tail = await ReplyTail.open(backbone, topic, undefined, outages.of("client clock"), (record) => {
    clock.heard([{ topic, partition: tail.partition, records: [record] }]);
    resolve();
    return Promise.resolve();
  });
  try {
    let former = Number.NEGATIVE_INFINITY;
    const ends = (await backbone.partitions(topic)) === undefined ? [] : await backbone.offsets([topic]);
    const from = ends.map(({ partition, end }) => ({ topic, partition, offset: end - NEWEST }));
    for await (const records of readRaw(backbone, topic, { from }))
      for (const { timestamp } of records) former = Math.max(former, timestamp);
    const agreed = Math.abs(clocks.wall() - former) <= streamsLimits.clockJumpMs;
    return { said: () => clock.said(), agreed, heard, close: () => tail.close() };
  } catch (error) {
    await tail.close();
    throw error;
  }
}
