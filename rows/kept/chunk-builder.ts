import { createHash } from "node:crypto";
import type { TrainingRow } from "../../schemas/index.ts";
import type { RawRecord } from "../../streams/index.ts";
import type { Cell } from "../packed/column.ts";
import { recordKinds, type Chunk, type RecordKind } from "./chunk.ts";
import { ColumnBuilder } from "./column-builder.ts";

/** What a version makes of one record. */
export interface KeptRecord {
  readonly kind: RecordKind;
  readonly version: string;
  /** Event time, ms. */
  readonly rowTime: number;
  /** The row; of the kind `unlabelled` the one that was read. */
  readonly row?: TrainingRow | undefined;
  /** Of the kind `unreadable`. */
  readonly reason?: string | undefined;
}

/** A chunk without what only its owner knows. */
export type Built = Omit<Chunk, "identity" | "epoch" | "versions"> & { readonly versions: readonly string[] };

/** Room of one chunk. */
export interface ChunkSize {
  readonly records: number;
  /** Of the records' values. */
  readonly bytes: number;
}

/** The records of one partition until they are a chunk. */
export class ChunkBuilder {
  readonly #partition: number;
  readonly #size: ChunkSize;
  readonly #offsets: Float64Array;
  readonly #rowTimes: Float64Array;
  readonly #kinds: Uint8Array;
  readonly #versionOf: Uint32Array;
  readonly #reasonOf: Uint32Array;
  readonly #columns: ColumnBuilder[] = [];
  readonly #versions: string[] = [];
  readonly #reasons: string[] = [];
  #from: number;
  #count = 0;
  #bytes = 0;
  #last: RawRecord | undefined;

  /** @param from the offset from which on all records are added */
  constructor(partition: number, from: number, size: ChunkSize) {
    this.#partition = partition;
    this.#from = from;
    this.#size = size;
    this.#offsets = new Float64Array(size.records);
    this.#rowTimes = new Float64Array(size.records);
    this.#kinds = new Uint8Array(size.records);
    this.#versionOf = new Uint32Array(size.records);
    this.#reasonOf = new Uint32Array(size.records);
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.#size.records || this.#bytes >= this.#size.bytes;
  }

  /** Not called once it is full. */
  add(record: RawRecord, { kind, version, rowTime, row, reason }: KeptRecord): void {
    const at = this.#count++;
    this.#offsets[at] = record.offset;
    this.#rowTimes[at] = rowTime;
    this.#kinds[at] = kind;
    this.#versionOf[at] = placeIn(this.#versions, version);
    if (reason !== undefined) this.#reasonOf[at] = placeIn(this.#reasons, reason);
    if (kind === recordKinds.row) this.#setRow(at, row!);
    else if (kind === recordKinds.unlabelled) this.#set(0, "decisionId", at, row!["decisionId"] as Cell);
    this.#bytes += record.value?.length ?? 0;
    this.#last = record;
  }

  #setRow(at: number, row: TrainingRow): void {
    let column = 0;
    for (const name in row) this.#set(column++, name, at, row[name] as Cell);
  }

  /** @param place where the column is likely to be */
  #set(place: number, name: string, at: number, value: Cell): void {
    let column = this.#columns[place];
    if (column?.name !== name) {
      column = this.#columns.find((each) => each.name === name);
      if (column === undefined) this.#columns.push((column = new ColumnBuilder(name, this.#size.records)));
    }
    column.set(at, value);
  }

  /** What was added, up to the last of it, which is let go. `undefined`: nothing was. */
  take(): Built | undefined {
    const [rows, last] = [this.#count, this.#last];
    if (last === undefined) return undefined;
    const built = {
      ...{ partition: this.#partition, from: this.#from, to: last.offset + 1 },
      last: { offset: last.offset, sha256: recordHash(last) },
      ...{ versions: [...this.#versions], reasons: [...this.#reasons] },
      ...{ offsets: this.#offsets.slice(0, rows), rowTimes: this.#rowTimes.slice(0, rows) },
      ...{ kinds: this.#kinds.slice(0, rows), versionOf: this.#versionOf.slice(0, rows) },
      reasonOf: this.#reasonOf.slice(0, rows),
      columns: this.#columns.map((column) => column.take(rows)),
    };
    this.beginAt(built.to);
    return built;
  }

  /** Lets go what was added, and begins at another offset. */
  beginAt(from: number): void {
    if (this.#count > 0) for (const column of this.#columns) column.take(0);
    this.#from = from;
    this.#count = 0;
    this.#bytes = 0;
    this.#last = undefined;
    this.#versions.length = 0;
    this.#reasons.length = 0;
    this.#reasonOf.fill(0);
  }
}

function placeIn(some: string[], one: string): number {
  const place = some.lastIndexOf(one);
  return place < 0 ? some.push(one) - 1 : place;
}

/** Of what identifies a record at its offset. */
export function recordHash({ timestamp, key, value }: Pick<RawRecord, "timestamp" | "key" | "value">): string {
  const hash = createHash("sha256").update(`${timestamp}/${key?.length ?? -1}/${value?.length ?? -1}/`);
  return hash
    .update(key ?? "")
    .update(value ?? "")
    .digest("hex");
}
