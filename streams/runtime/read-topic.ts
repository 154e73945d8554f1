import { textOf } from "../bytes.ts";
import type { Backbone, PartitionOffsets, Position } from "../backbone/backbone.ts";
import type { GlobalView, StreamRecord } from "../operator.ts";
import { TableContent } from "../global/table-content.ts";
import type { TableSource } from "../global-source.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { RawRecord } from "../serde/unreadable-records.ts";
import { checkRead, type Topic } from "../topic.ts";
import { CodedError } from "../coded-error.ts";

export type { RawRecord };

/** Offsets of one partition, `from` to before `to`. */
export interface OffsetRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** The part of a topic to read. Absent: all of it. */
export interface Stretch {
  /** First offsets of partitions; a partition that is not named begins at its start. */
  readonly from?: readonly Position[] | undefined;
  /** Only these partitions and offsets. Parts that are gone or not there yet are left out. */
  readonly ranges?: readonly OffsetRange[] | undefined;
}

/**
 * Every record of a topic from the given positions (absent: the start) to the ends as they are at the call, partition by
 * partition in offset order, the partitions mixed.
 */
export async function* readRaw(
  backbone: Backbone,
  topic: string,
  stretch: Stretch = {},
): AsyncGenerator<readonly RawRecord[]> {
  if ((await backbone.partitions(topic)) === undefined) return;
  const ends = new Map<number, number>();
  const positions: Position[] = [];
  for (const at of await backbone.offsets([topic])) {
    const { partition } = at;
    const [offset, end] = wantedOf(at, stretch);
    if (offset < end) {
      ends.set(partition, end);
      positions.push({ topic, partition, offset });
    }
  }
  if (positions.length === 0) return;
  const next = new Map(positions.map(({ partition, offset }) => [partition, offset]));
  const reader = await backbone.reader(positions);
  try {
    while (ends.size > 0) {
      const fetches = await reader.poll(1_000);
      if (fetches.length === 0) await forgetGone(backbone, topic, ends, next);
      for (const { partition, records } of fetches) {
        next.set(partition, records.at(-1)!.offset + 1);
        const end = ends.get(partition);
        if (end === undefined) continue;
        const wanted = records.filter(({ offset }) => offset < end);
        if (wanted.length > 0) yield wanted.map((record) => ({ ...record, topic, partition }));
        if (records.at(-1)!.offset + 1 >= end) {
          ends.delete(partition);
          reader.pause([{ topic, partition }]);
        }
      }
    }
  } finally {
    await reader.close();
  }
}

/** Records that were removed during the reading never arrive: stop waiting for them. */
async function forgetGone(
  backbone: Backbone,
  topic: string,
  ends: Map<number, number>,
  next: ReadonlyMap<number, number>,
): Promise<void> {
  for (const { partition, start, end } of await backbone.offsets([topic])) {
    const wanted = ends.get(partition);
    if (wanted === undefined) continue;
    if (start >= wanted || next.get(partition)! >= Math.min(end, wanted)) ends.delete(partition);
  }
}

function wantedOf({ topic, partition, start, end }: PartitionOffsets, { from, ranges }: Stretch): [number, number] {
  const wanted =
    from?.find((position) => position.topic === topic && position.partition === partition)?.offset ?? start;
  if (ranges === undefined) return [Math.max(start, wanted), end];
  const range = ranges.find((given) => given.partition === partition);
  return range === undefined ? [end, end] : [Math.max(start, wanted, range.from), Math.min(end, range.to)];
}

export interface ReadOptions extends Stretch {
  /** Called with each record without a value. */
  readonly onTombstone?: ((record: RawRecord) => void) | undefined;
  /** Called before a record is decoded; an unwanted record is left out. */
  readonly isWanted?: ((record: RawRecord) => boolean) | undefined;
  /**
   * Called with a record that can't be decoded or that the topic's check refuses; absent: it is reported to the serdes'
   * `unreadable`. It is left out either way.
   */
  readonly onBad?: ((record: RawRecord, error: unknown) => void) | undefined;
}

/** The decoded records of a topic up to its end at the call; tombstones left out. */
export async function* readTopic<V>(
  backbone: Backbone,
  serdes: Serdes,
  topic: Topic<V>,
  options: ReadOptions = {},
): AsyncGenerator<StreamRecord<V>> {
  for await (const records of readRaw(backbone, topic.name, options)) {
    for (const record of records) {
      if (record.unreadable === undefined) {
        if (record.value === null) options.onTombstone?.(record);
        if (record.value === null || options.isWanted?.(record) === false) continue;
      }
      try {
        if (record.value === null) throw record.unreadable!.error;
        if (!serdes.knows(record.value)) await serdes.learn(record.value);
        const value = serdes.decode(topic, record.value);
        checkRead(topic, record, value);
        yield {
          key: textOf(record.key),
          value,
          time: record.timestamp,
          headers: record.headers,
          origin: { topic: record.topic, partition: record.partition, offset: record.offset },
        };
      } catch (error) {
        if (!(error instanceof CodedError) || error.flags.retry) throw error;
        if (options.onBad === undefined) serdes.unreadable.report(record, error);
        else options.onBad(record, error);
      }
    }
  }
}

/**
 * The newest value of each key of a compacted topic, as a view that does not change. Records written during the reading
 * are in it too: see `readToStandstill`. An unusable record affects its key only, and is reported to the serdes'
 * `unreadable`.
 *
 * @param onRecord is called with every record, even one that a later record replaces
 */
export async function readTable<V>(
  backbone: Backbone,
  serdes: Serdes,
  source: Topic<V> | TableSource<V>,
  onRecord?: (record: RawRecord) => void,
): Promise<GlobalView<V>> {
  const table = new TableContent<V>();
  const from: TableSource<V> = "topic" in source ? source : { topic: source };
  for await (const records of readToStandstill(backbone, from.topic.name)) {
    for (const record of records) {
      onRecord?.(record);
      const { key, value, unreadable } = record;
      if (unreadable !== undefined) {
        serdes.unreadable.report(record, unreadable.error);
        continue;
      }
      if (value !== null && !serdes.knows(value)) await serdes.learn(value);
      const problem = table.take(from, serdes, textOf(key), value);
      if (problem !== undefined) serdes.unreadable.report(record, problem);
    }
  }
  return table;
}

/**
 * Every record of a compacted topic, with records that came meanwhile, until none came. On the embedded log a replaced
 * record is gone at once. Its key would then be missing before the ends of the first look: only its replacement, behind
 * them, still has it.
 */
async function* readToStandstill(backbone: Backbone, topic: string): AsyncGenerator<readonly RawRecord[]> {
  if ((await backbone.partitions(topic)) === undefined) return;
  const read = new Map<number, number>();
  for (;;) {
    const ranges = (await backbone.offsets([topic]))
      .map(({ partition, start, end }) => ({ partition, from: read.get(partition) ?? start, to: end }))
      .filter(({ from, to }) => from < to);
    if (ranges.length === 0) return;
    yield* readRaw(backbone, topic, { ranges });
    for (const { partition, to } of ranges) read.set(partition, to);
  }
}
