import { createHash } from "node:crypto";
import type { Column } from "../packed/column.ts";

/** What a record was for the version that has read it. */
export const recordKinds = Object.freeze({
  /** A row. */
  row: 0,
  /** A decision without a label of the version. Of its columns it has `decisionId` alone. */
  unlabelled: 1,
  /** A row of a version that may not be trained on. It has no columns. */
  other: 2,
  /** A row that can't be read as the version's. It has no columns. */
  unreadable: 3,
});
export type RecordKind = (typeof recordKinds)[keyof typeof recordKinds];

/** All records of a partition whose offsets are `from` to before `to`, as one version reads them. */
export interface Chunk {
  /** Of the topic, the version and the release that it was made by. */
  readonly identity: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  /** The opening of the log in which its records were seen. Absent: the log never loses its end. */
  readonly epoch?: string | undefined;
  /** The offset and the hash of its last record. */
  readonly last: { readonly offset: number; readonly sha256: string };
  /** Versions that it has records of, each with what the catalogue said of it. */
  readonly versions: readonly { readonly version: string; readonly state: string }[];
  /** Why records of the kind `unreadable` were. */
  readonly reasons: readonly string[];
  /** By record, in the order of offsets. */
  readonly offsets: Float64Array;
  readonly rowTimes: Float64Array;
  readonly kinds: Uint8Array;
  /** Places in `versions`. */
  readonly versionOf: Uint32Array;
  /** Places in `reasons`, of the kind `unreadable`. */
  readonly reasonOf: Uint32Array;
  readonly columns: readonly Column[];
}

const MAGIC = Buffer.from("LSROWS01");
const HASH_BYTES = 32;
const HEADER_AT = MAGIC.length + HASH_BYTES;
const lengthAligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

type Part = Float64Array | Float32Array | Uint32Array | Uint8Array;

/** The chunk as bytes: a format's name, the hash of what follows, a header as JSON, and arrays in the machine's order of bytes. */
export function encodeChunk({ offsets, rowTimes, kinds, versionOf, reasonOf, columns, ...said }: Chunk): Buffer {
  const parts: Part[] = [offsets, rowTimes, kinds, versionOf, reasonOf];
  const put = (part: Part | undefined): number => (part === undefined ? -1 : parts.push(part) - 1);
  const layout = columns.map(({ name, numbers, places, values, nans }) => ({
    ...{ name, numbers: put(numbers), places: put(places), values, nans },
    short: numbers instanceof Float32Array,
  }));
  const lengths = parts.map(({ byteLength }) => byteLength);
  const header = Buffer.from(JSON.stringify({ ...said, lengths, layout }));
  const start = HEADER_AT + 8 + lengthAligned(header.length);
  const bytes = Buffer.alloc(start + lengths.reduce((sum, length) => sum + lengthAligned(length), 0));
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(header.length, HEADER_AT);
  header.copy(bytes, HEADER_AT + 8);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += lengthAligned(byteLength);
  }
  hashOf(bytes).copy(bytes, MAGIC.length);
  return bytes;
}

const hashOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes.subarray(HEADER_AT)).digest();

interface Header extends Omit<Chunk, "offsets" | "rowTimes" | "kinds" | "versionOf" | "reasonOf" | "columns"> {
  readonly lengths: readonly number[];
  readonly layout: readonly (Pick<Column, "name" | "values" | "nans"> & {
    readonly numbers: number;
    readonly places: number;
    readonly short: boolean;
  })[];
}

/** `undefined`: it is not the bytes of a chunk, or not those that were written. */
export function decodeChunk(read: Uint8Array): Chunk | undefined {
  if (read.length < HEADER_AT + 8 || MAGIC.compare(read, 0, MAGIC.length) !== 0) return undefined;
  if (hashOf(read).compare(read, MAGIC.length, HEADER_AT) !== 0) return undefined;
  // Arrays of numbers begin at multiples of their size.
  const bytes = read.byteOffset % 8 === 0 ? Buffer.from(read.buffer, read.byteOffset, read.length) : aligned(read);
  const headerLength = bytes.readUInt32LE(HEADER_AT);
  const { lengths, layout, ...said } = JSON.parse(
    bytes.toString("utf8", HEADER_AT + 8, HEADER_AT + 8 + headerLength),
  ) as Header;
  let next = bytes.byteOffset + HEADER_AT + 8 + lengthAligned(headerLength);
  const starts = lengths.map((length) => {
    const start = next;
    next += lengthAligned(length);
    return start;
  });
  const { buffer } = bytes;
  const float64 = (part: number): Float64Array => new Float64Array(buffer, starts[part], lengths[part]! / 8);
  const float32 = (part: number): Float32Array => new Float32Array(buffer, starts[part], lengths[part]! / 4);
  const uint32 = (part: number): Uint32Array => new Uint32Array(buffer, starts[part], lengths[part]! / 4);
  return {
    ...said,
    offsets: float64(0),
    rowTimes: float64(1),
    kinds: new Uint8Array(buffer, starts[2], lengths[2]),
    versionOf: uint32(3),
    reasonOf: uint32(4),
    columns: layout.map(({ numbers, places, short, ...column }) => ({
      ...column,
      ...(numbers >= 0 && { numbers: short ? float32(numbers) : float64(numbers) }),
      ...(places >= 0 && { places: uint32(places) }),
    })),
  };
}

function aligned(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(new ArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
