import type { LogRecord } from "../backbone/backbone.ts";
import { streamsLimits } from "../limits.ts";

export interface RawRecord extends LogRecord {
  readonly topic: string;
  readonly partition: number;
}

/** A record that a reader left out, with the reason. */
export interface UnreadableRecord {
  readonly record: RawRecord;
  readonly error: unknown;
}

/** Records that this process met and could not use, each told once however often its topic is read. */
export class UnreadableRecords {
  readonly #places = new Set<string>();
  readonly #listeners: ((record: UnreadableRecord) => void)[] = [];

  /** Calls `listener` with each record that is reported from now on. */
  listen(listener: (record: UnreadableRecord) => void): void {
    this.#listeners.push(listener);
  }

  report(record: RawRecord, error: unknown): void {
    const place = placeOf(record);
    if (this.#places.has(place)) return;
    // The oldest is forgotten: it is told again when it is met again.
    if (this.#places.size >= streamsLimits.unreadablePlaces) this.#places.delete(this.#places.values().next().value!);
    this.#places.add(place);
    for (const listener of this.#listeners) listener({ record, error });
  }

  /** Tells the record again when it is met again. */
  forget(record: RawRecord): void {
    this.#places.delete(placeOf(record));
  }
}

const placeOf = ({ topic, partition, offset, unreadable }: RawRecord): string =>
  `${topic}/${partition}/${unreadable?.firstOffset ?? offset}`;
