import { StreamsError } from "../errors.ts";

/** A manifest's account of a database, after all of its edits. */
export interface Manifest {
  /** The oldest log that is not in tables; 0: of a database that was never open. */
  readonly logNumber: number;
  readonly lastSequence: number;
  /** Sizes of the tables, bytes, by number. */
  readonly tables: ReadonlyMap<number, number>;
}

/** Tags of an edit's fields. */
const [COMPARATOR, LOG_NUMBER, NEXT_FILE, LAST_SEQUENCE, COMPACT_POINTER, DELETED, ADDED, PREVIOUS_LOG] = [
  1, 2, 3, 4, 5, 6, 7, 9,
] as const;

/** Throws a `RangeError` if an edit is none, or the first ones are not all there. */
export function readManifest(edits: readonly Buffer[]): Manifest {
  const tables = new Map<number, number>();
  let logNumber: number | undefined;
  let lastSequence: number | undefined;
  for (const edit of edits) {
    const fields = new Fields(edit);
    const added: [number, number][] = [];
    while (!fields.atEnd) {
      const tag = fields.number();
      if (tag === COMPARATOR) fields.skipText();
      else if (tag === LOG_NUMBER) logNumber = fields.number();
      else if (tag === LAST_SEQUENCE) lastSequence = fields.number();
      else if (tag === NEXT_FILE || tag === PREVIOUS_LOG) fields.number();
      else if (tag === COMPACT_POINTER) {
        fields.number();
        fields.skipText();
      } else if (tag === DELETED) {
        fields.number();
        tables.delete(fields.number());
      } else if (tag === ADDED) {
        fields.number();
        added.push([fields.number(), fields.number()]);
        fields.skipText();
        fields.skipText();
      } else throw new StreamsError("STATE_CORRUPT", `an edit has no field ${tag}`);
    }
    // A table that is moved to another level is deleted and added by one edit.
    for (const [number, size] of added) tables.set(number, size);
  }
  if (logNumber === undefined || lastSequence === undefined)
    throw new StreamsError("STATE_CORRUPT", "edits are missing at the end");
  return { logNumber, lastSequence, tables };
}

class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Seven bits a byte, the lowest first. */
  number(): number {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new StreamsError("STATE_CORRUPT", "an edit ends within a number");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  skipText(): void {
    const length = this.number();
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new StreamsError("STATE_CORRUPT", "an edit ends within a text");
  }
}
