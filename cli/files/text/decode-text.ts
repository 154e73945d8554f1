import { isUtf8 } from "node:buffer";
import { TableError } from "../table-error.ts";

/** First bytes of files that are no text in UTF-8, with the kind of the file and the next step. */
const BEGINNINGS: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x1f, 0x8b], "holds gzip data. Give it a name that ends in .gz."],
  [[0x50, 0x41, 0x52, 0x31], "holds Parquet data. Give it a name that ends in .parquet."],
  [[0x50, 0x4b, 0x03, 0x04], "is a ZIP file, as spreadsheets are. Save it as CSV in UTF-8."],
  [[0xff, 0xfe, 0, 0], "is UTF-32 text (little-endian). Save it as UTF-8."],
  [[0, 0, 0xfe, 0xff], "is UTF-32 text (big-endian). Save it as UTF-8."],
  [[0xff, 0xfe], "is UTF-16 text (little-endian). Save it as UTF-8."],
  [[0xfe, 0xff], "is UTF-16 text (big-endian). Save it as UTF-8."],
];
/** Of a text in UTF-16 without a mark, every other byte of the beginning is mostly zero. */
const LOOKED_AT = 256;
const LF = 10;
const MARK = Buffer.from("\ufeff");

/**
 * Bytes of a UTF-8 file as text, piece by piece; a byte-order mark is left out. Bytes that are no UTF-8 throw a `TableError` with their line:
 * a replacement character would be another value.
 */
export class TextDecoding {
  readonly #path: string;
  #begun = false;
  /** The first bytes of a character whose others come with the next piece. */
  #rest: Buffer = Buffer.alloc(0);
  /** Lines that ended before the piece at hand. */
  #lines = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(piece: Buffer): string {
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    if (!this.#begun) {
      if (bytes.length < MARK.length) {
        this.#rest = bytes;
        return "";
      }
      bytes = this.#begin(bytes);
    }
    const whole = wholeCharacters(bytes);
    this.#rest = bytes.subarray(whole);
    return this.#text(bytes.subarray(0, whole));
  }

  /** The rest at the end of the file. */
  end(): string {
    const rest = this.#begun ? this.#rest : this.#begin(this.#rest);
    this.#rest = Buffer.alloc(0);
    return this.#text(rest);
  }

  #begin(bytes: Buffer): Buffer {
    this.#begun = true;
    const found = BEGINNINGS.find(([begin]) => begin.every((byte, at) => bytes[at] === byte));
    if (found !== undefined) throw new TableError(this.#path, found[1]);
    const order = utf16Order(bytes.subarray(0, LOOKED_AT));
    if (order !== undefined) throw new TableError(this.#path, `is UTF-16 text (${order}). Save it as UTF-8.`);
    return MARK.equals(bytes.subarray(0, MARK.length)) ? bytes.subarray(MARK.length) : bytes;
  }

  #text(bytes: Buffer): string {
    if (!isUtf8(bytes)) throw this.#notUtf8(bytes);
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) this.#lines += 1;
    return bytes.toString("utf8");
  }

  #notUtf8(bytes: Buffer): TableError {
    let line = this.#lines + 1;
    let from = 0;
    for (let at = bytes.indexOf(LF); at >= 0 && isUtf8(bytes.subarray(from, at)); at = bytes.indexOf(LF, from)) {
      from = at + 1;
      line += 1;
    }
    return new TableError(
      this.#path,
      `line ${line} is not UTF-8 text. Save the file as UTF-8 (it may be Latin-1 or Windows-1252).`,
    );
  }
}

/** Up to here no character is cut. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function utf16Order(bytes: Buffer): string | undefined {
  let [even, odd] = [0, 0];
  for (const [at, byte] of bytes.entries()) {
    if (byte !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  const half = bytes.length / 2;
  if (half >= 1 && odd > half * 0.6 && even === 0) return "little-endian";
  return half >= 1 && even > half * 0.6 && odd === 0 ? "big-endian" : undefined;
}
