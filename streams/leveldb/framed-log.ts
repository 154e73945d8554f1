import { crc32c } from "./crc32c.ts";

/** LevelDB's logs and manifests are written in blocks; no part of a record crosses one. */
const BLOCK = 32_768;
/** Of a part: masked CRC-32C u32, length u16, kind u8; little-endian. */
const HEADER = 7;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4] as const;

export interface FramedLog {
  readonly records: readonly Buffer[];
  /** End of the last whole record. */
  readonly whole: number;
  /** Set if whole records follow behind bytes that are no record. Without it the file ends there, or is torn there. */
  readonly damage: { readonly at: number; readonly neverWritten: boolean } | undefined;
}

interface Part {
  readonly kind: number;
  readonly payload: Buffer;
  readonly end: number;
}

/** Reads the same records as LevelDB's log reader, up to the place at which that would leave whole records out. */
export function readFramedLog(bytes: Buffer): FramedLog {
  const records: Buffer[] = [];
  let parts: Buffer[] = [];
  let whole = 0;
  for (let at = 0; ;) {
    const left = BLOCK - (at % BLOCK);
    if (left < HEADER) at += left;
    if (at >= bytes.length) return { records, whole, damage: undefined };
    const part = partAt(bytes, at);
    if (part === undefined) {
      const damage = hasPartAfter(bytes, at) ? { at, neverWritten: isBlank(bytes, at) } : undefined;
      return { records, whole, damage };
    }
    at = part.end;
    // A record whose writing failed has no end: the next part begins another one.
    if (part.kind === FULL || part.kind === FIRST) parts = [part.payload];
    else if (parts.length > 0) parts.push(part.payload);
    if (part.kind === FIRST || part.kind === MIDDLE || parts.length === 0) continue;
    records.push(parts.length === 1 ? part.payload : Buffer.concat(parts));
    parts = [];
    whole = at;
  }
}

function partAt(bytes: Buffer, at: number): Part | undefined {
  const blockEnd = Math.min(bytes.length, at - (at % BLOCK) + BLOCK);
  if (at + HEADER > blockEnd) return undefined;
  const kind = bytes[at + 6]!;
  const end = at + HEADER + bytes.readUInt16LE(at + 4);
  if (kind < FULL || kind > LAST || end > blockEnd) return undefined;
  if (bytes.readUInt32LE(at) !== masked(crc32c(bytes, at + 6, end))) return undefined;
  return { kind, payload: bytes.subarray(at + HEADER, end), end };
}

const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

function hasPartAfter(bytes: Buffer, from: number): boolean {
  for (let at = from + 1; at + HEADER <= bytes.length; at++) if (partAt(bytes, at) !== undefined) return true;
  return false;
}

const PAGE = 4_096;
const SECTOR = 512;

/** Whether a page from here to the block's end was never written, or an earlier state of it: when the power goes those read as zeros to their end. */
function isBlank(bytes: Buffer, at: number): boolean {
  const blockEnd = Math.min(bytes.length, at - (at % BLOCK) + BLOCK);
  for (let end = at - (at % PAGE) + PAGE; end <= blockEnd; end += PAGE) {
    if (bytes.subarray(Math.max(at, end - SECTOR), end).every((byte) => byte === 0)) return true;
  }
  return false;
}
