import { deadLetters } from "../schemas/index.ts";
import {
  Buried,
  deadLetter,
  type Log,
  type Metrics,
  type TopicTools,
  type UnreadableRecord,
} from "../streams/index.ts";

export interface BuryOptions {
  /** Topics whose bad records others bury: those of the globals. */
  readonly except: ReadonlySet<string>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * From now on, writes a dead letter for each record that a reader of a whole topic in this process leaves out, unless
 * one exists already.
 */
export function buryUnreadable(
  { backbone, serdes, publisher }: TopicTools,
  { except, metrics, log }: BuryOptions,
): void {
  const buried = new Buried(backbone, serdes, deadLetters);
  const bury = async ({ record, error }: UnreadableRecord): Promise<void> => {
    const { topic, partition, timestamp } = record;
    const offset = record.unreadable?.firstOffset ?? record.offset;
    const value = deadLetter({ topic, partition, offset }, "reader", error, record);
    try {
      if (await buried.has({ topic, partition, offset }, record)) return;
      await publisher.publish([{ topic: deadLetters, key: `${topic}/${partition}/${offset}`, value, time: timestamp }]);
      metrics.deadLetters.inc({ code: value.code });
    } catch (failure) {
      // A later reading of the topic meets the record again and reports it again.
      serdes.unreadable.forget(record);
      const reason = failure instanceof Error ? failure.message : String(failure);
      log.error({ topic, partition, offset, error: reason }, "a dead letter could not be written");
    }
  };
  serdes.unreadable.listen((unreadable) => {
    if (!except.has(unreadable.record.topic)) void bury(unreadable);
  });
}
