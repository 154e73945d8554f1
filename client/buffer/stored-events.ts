import { events } from "../../schemas/index.ts";
import { hasCode, StreamsError, type Backbone, type PartitionOffsets } from "../../streams/client/index.ts";
import type { Entry } from "./entry.ts";
import { EVENT_ID } from "./kept-record.ts";

/** Ends that were noted this long ago serve for the next events: a look reads so much more; ms. */
const NOTED_MS = 10_000;
const POLL_MS = 1_000;
const LOOK_MS = 30_000;

type Ends = readonly PartitionOffsets[];

/** Tells whether events lie on their topic already. It is asked only about those whose sending failed. */
export class StoredEvents {
  #noted: Ends | undefined;
  #notedAt = Number.NEGATIVE_INFINITY;

  /** Ends of the topic before now; `undefined`: they must be noted first. */
  get recent(): Ends | undefined {
    return performance.now() - this.#notedAt < NOTED_MS ? this.#noted : undefined;
  }

  async note(backbone: Backbone): Promise<Ends> {
    const at = performance.now();
    this.#noted = await endsOf(backbone);
    this.#notedAt = at;
    return this.#noted;
  }

  /**
   * Those of the entries that are stored. Reads the topic from where the first of them may lie to its present end.
   * Rejects with `TIMEOUT` if that can't be read in time.
   */
  async among(backbone: Backbone, entries: readonly Entry[]): Promise<ReadonlySet<Entry>> {
    const sought = new Map(entries.map((entry) => [entry.record.id, entry]));
    const found = new Set<Entry>();
    const open = unread(await endsOf(backbone), firstOf(entries));
    if (open.size === 0) return found;
    const reader = await backbone.reader(
      [...open].map(([partition, { at: offset }]) => ({ topic: events.name, partition, offset })),
    );
    try {
      for (const deadline = performance.now() + LOOK_MS; open.size > 0 && found.size < sought.size;) {
        if (performance.now() > deadline) {
          throw new StreamsError("TIMEOUT", `the topic ${events.name} could not be read within ${LOOK_MS} ms`);
        }
        const fetches = await reader.poll(POLL_MS);
        if (fetches.length === 0) forgetGone(await endsOf(backbone), open);
        for (const { partition, records } of fetches) {
          for (const { headers } of records) {
            const id = headers[EVENT_ID];
            const entry = id === undefined ? undefined : sought.get(Buffer.from(id).toString());
            if (entry !== undefined) found.add(entry);
          }
          if (records.at(-1)!.offset + 1 >= (open.get(partition)?.end ?? 0)) open.delete(partition);
        }
      }
      return found;
    } finally {
      await reader.close().catch(() => undefined);
    }
  }
}

/** Nothing lies on a topic that is not there. */
async function endsOf(backbone: Backbone): Promise<Ends> {
  try {
    return await backbone.offsets([events.name]);
  } catch (error) {
    if (hasCode(error, "UNKNOWN_TOPIC")) return [];
    throw error;
  }
}

type Unread = Map<number, { readonly at: number; readonly end: number }>;

/** The smallest offset of each partition from which one of them may lie. */
function firstOf(entries: readonly Entry[]): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  for (const { from = [] } of entries) {
    for (const { partition, end } of from) first.set(partition, Math.min(end, first.get(partition) ?? end));
  }
  return first;
}

/** A partition that was added later is read from its start. */
function unread(ends: Ends, first: ReadonlyMap<number, number>): Unread {
  const open: Unread = new Map();
  for (const { partition, start, end } of ends) {
    const at = Math.max(start, first.get(partition) ?? start);
    if (at < end) open.set(partition, { at, end });
  }
  return open;
}

/** Records that retention has removed meanwhile never come. */
function forgetGone(ends: Ends, open: Unread): void {
  for (const { partition, start } of ends) {
    if (start >= (open.get(partition)?.end ?? Number.POSITIVE_INFINITY)) open.delete(partition);
  }
}
