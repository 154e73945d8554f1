import { asBuffer } from "../../streams/index.ts";
import { packedLength, packValues, unpackValues, type RowValues } from "./row-values.ts";

/**
 * All versions of one row in one array, the newest first. Of each its time, the offset and the partition of its record,
 * its state, the length of its values, and the values.
 */
export type RowVersions = Uint8Array;

/** All versions of a row of a table, by its key; `undefined`: the table has no such row. */
export interface RowsOf {
  (table: string, key: string): RowVersions | undefined;
  /** Another object after each change of the table. Absent or `undefined`: nothing that is made of its rows is kept. */
  readonly stateOf?: (table: string) => object | undefined;
}

/** Null values: the row is deleted from this time on. `undefined`: this version was taken back, as if it never was. */
export interface RowVersion {
  /** It is valid for decisions after this time, ms. */
  readonly validFrom: number;
  readonly offset: number;
  readonly partition: number;
  readonly values: RowValues | null | undefined;
}

const OFFSET = 8;
const PARTITION = 16;
const STATE = 18;
const LENGTH = 19;
const VALUES = 23;

const TAKEN_BACK = 0;
const DELETED = 1;
const FILLED = 2;

/** No version was taken: there is one of the same time that was written later. */
export const OLDER = null;

/**
 * The row with one more version. Of two with the same time the one that was written later counts, which is also the one
 * that compaction keeps: so the content does not depend on the order of reading.
 * @returns `OLDER` if nothing changes
 */
export function withVersion(row: RowVersions | undefined, version: RowVersion): RowVersions | typeof OLDER {
  const bytes = row === undefined ? NOTHING : asBuffer(row);
  let at = 0;
  while (at < bytes.length && bytes.readDoubleLE(at) > version.validFrom) at = next(bytes, at);
  const isSame = at < bytes.length && bytes.readDoubleLE(at) === version.validFrom;
  if (isSame && isWrittenAfter(bytes, at, version)) return OLDER;
  const behind = isSame ? next(bytes, at) : at;
  const length = VALUES + (version.values ? packedLength(version.values) : 0);
  // In memory that many rows share: a piece of its own would cost each row more than its values do.
  const whole = Buffer.allocUnsafe(bytes.length - (behind - at) + length);
  bytes.copy(whole, 0, 0, at);
  pack(version, whole, at, length - VALUES);
  bytes.copy(whole, at + length, behind);
  return whole;
}

const NOTHING = Buffer.alloc(0);

function isWrittenAfter(bytes: Buffer, at: number, { offset, partition }: RowVersion): boolean {
  const other = bytes.readDoubleLE(at + OFFSET);
  return other > offset || (other === offset && bytes.readUInt16LE(at + PARTITION) > partition);
}

const next = (bytes: Buffer, at: number): number => at + VALUES + bytes.readUInt32LE(at + LENGTH);

function pack({ validFrom, offset, partition, values }: RowVersion, into: Buffer, at: number, length: number): void {
  into.writeDoubleLE(validFrom, at);
  into.writeDoubleLE(offset, at + OFFSET);
  into.writeUInt16LE(partition, at + PARTITION);
  into[at + STATE] = values === undefined ? TAKEN_BACK : values === null ? DELETED : FILLED;
  into.writeUInt32LE(length, at + LENGTH);
  if (values) packValues(values, into, at + VALUES);
}

/** The values of a version, in `[from, to)` of its row. */
export interface PackedValues {
  readonly row: RowVersions;
  readonly from: number;
  readonly to: number;
}

/** What a row has for all decisions in `(after, until]`, ms. */
export interface ValidValues {
  /** `undefined`: there is no row, or it was deleted. */
  readonly values: PackedValues | undefined;
  readonly after: number;
  readonly until: number;
}

/** The values for a decision at `time`, ms: of the newest version from strictly before it. */
export function validAt(row: RowVersions | undefined, time: number): ValidValues {
  let until = Number.POSITIVE_INFINITY;
  const bytes = row === undefined ? NOTHING : asBuffer(row);
  for (let at = 0; at < bytes.length; at = next(bytes, at)) {
    if (bytes[at + STATE] === TAKEN_BACK) continue;
    const validFrom = bytes.readDoubleLE(at);
    if (validFrom >= time) {
      until = validFrom;
      continue;
    }
    const isFilled = bytes[at + STATE] === FILLED;
    const values = isFilled ? { row: row!, from: at + VALUES, to: next(bytes, at) } : undefined;
    return { values, after: validFrom, until };
  }
  return { values: undefined, after: Number.NEGATIVE_INFINITY, until };
}

/** The newest first. */
export function* versionsOf(row: RowVersions): Generator<RowVersion> {
  const bytes = asBuffer(row);
  for (let at = 0; at < bytes.length; at = next(bytes, at)) {
    const state = bytes[at + STATE];
    yield {
      validFrom: bytes.readDoubleLE(at),
      offset: bytes.readDoubleLE(at + OFFSET),
      partition: bytes.readUInt16LE(at + PARTITION),
      values:
        state === FILLED ? unpackValues(bytes, at + VALUES, next(bytes, at)) : state === DELETED ? null : undefined,
    };
  }
}

/** Whether a row has a version of exactly this time. */
export function hasVersion(row: RowVersions | undefined, validFrom: number): boolean {
  if (row === undefined) return false;
  const bytes = asBuffer(row);
  for (let at = 0; at < bytes.length; at = next(bytes, at)) if (bytes.readDoubleLE(at) === validFrom) return true;
  return false;
}

/** The version that is valid for a decision at `time`, ms; its values are null if the row was deleted. */
export function versionAsOf(row: RowVersions, time: number): RowVersion | undefined {
  for (const version of versionsOf(row)) if (version.validFrom < time && version.values !== undefined) return version;
  return undefined;
}
