import { DomainError } from "../../../schemas/index.ts";
import type { ColumnChunk, DecodedArray, PageHeader, SchemaTree } from "hyparquet";
import { readPage } from "hyparquet/src/column.js";
import { convert } from "hyparquet/src/convert.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { ChunkBytes } from "./chunk-bytes.ts";
import { placeOf, type ParquetFile } from "./parquet-file.ts";
import { parquetValue, rawElement, rawParsers, type ParquetValue } from "./parquet-values.ts";
import { decompressors } from "./read-parquet.ts";
import type { TableValue } from "../table-row.ts";

/** How the cells of a column become numbers. */
export interface CellNumber {
  /** float32 of a cell; NaN: missing. `undefined`: the cell is no value of the column. */
  of(cell: TableValue | undefined): number | undefined;
  /** Present if `of` takes every finite number as `(x) => bound(x)`, and no other. */
  readonly bound?: { readonly least: number; readonly most: number } | undefined;
}

/** Throws the error of a cell that is no value of its column. @param row from 0, in the row group */
export type Refuse = (row: number, cell: TableValue | undefined) => never;

interface Decoded {
  readonly numbers: Float32Array;
  /** The cells of a dictionary that are no values: only a row that has one is refused. */
  readonly refused?: ReadonlyMap<number, TableValue | undefined> | undefined;
}

/** A flat column of a row group as float32, page after page: none of its values becomes an object unless its type needs one. */
export class NumberColumn {
  readonly #bytes: ChunkBytes;
  readonly #decoder: Parameters<typeof readPage>[2];
  readonly #read: ParquetValue;
  readonly #cells: CellNumber;
  readonly #refuse: Refuse;
  readonly #optional: boolean;
  /** The kind of its numbers, if they are stored as they are. */
  readonly #plain: "DOUBLE" | "FLOAT" | "INT32" | undefined;
  #dictionary: (Decoded & { readonly values: DecodedArray }) | undefined;
  #page: Float32Array = new Float32Array(0);
  #at = 0;
  /** Rows of the pages before this one. */
  #before = 0;

  constructor(
    { handle }: ParquetFile,
    { column, chunk }: { readonly column: SchemaTree; readonly chunk: ColumnChunk },
    cells: CellNumber,
    refuse: Refuse,
  ) {
    const { codec, type } = chunk.meta_data!;
    const element = rawElement(column.element);
    this.#bytes = new ChunkBytes(handle, placeOf(chunk));
    this.#decoder = {
      ...{ pathInSchema: [element.name], type, element, codec, compressors: decompressors, parsers: parsers },
      schemaPath: [
        { ...column, element: { name: "root" }, children: [column] },
        { ...column, element },
      ],
    };
    this.#read = parquetValue(column.element);
    this.#cells = cells;
    this.#refuse = refuse;
    this.#optional = element.repetition_type !== "REQUIRED";
    const { converted_type: converted, logical_type: logical } = element;
    const signed = converted === undefined || /^INT_/.test(converted);
    const bare = signed && (logical === undefined || (logical.type === "INTEGER" && logical.isSigned));
    if (cells.bound !== undefined && bare && (type === "DOUBLE" || type === "FLOAT" || type === "INT32"))
      this.#plain = type;
  }

  /** Writes the next `rows` cells into `out[at]`, `out[at + stride]` and so on. */
  async fill(out: Float32Array, at: number, stride: number, rows: number): Promise<void> {
    for (let left = rows, to = at; left > 0;) {
      if (this.#at === this.#page.length) await this.#next();
      const count = Math.min(left, this.#page.length - this.#at);
      const [page, from] = [this.#page, this.#at];
      for (let row = from; row < from + count; row++, to += stride) out[to] = page[row]!;
      this.#at += count;
      left -= count;
    }
  }

  async #next(): Promise<void> {
    this.#before += this.#page.length;
    this.#at = 0;
    for (;;) {
      const { header, bytes } = await this.#bytes.page();
      if (header.type === "DICTIONARY_PAGE") {
        this.#dictionary = this.#decodeDictionary(header, bytes);
      } else if (header.type !== "INDEX_PAGE") {
        this.#page = this.#decode(header, bytes);
        if (this.#page.length > 0) return;
      }
    }
  }

  #decodeDictionary(header: PageHeader, bytes: Uint8Array): Decoded & { readonly values: DecodedArray } {
    const values = convert(this.#pageOf(header, bytes), this.#decoder);
    const refused = new Map<number, TableValue | undefined>();
    const numbers = Float32Array.from(values, (raw, at) => {
      const cell = this.#read(raw);
      const number = this.#cells.of(cell);
      if (number === undefined) refused.set(at, cell);
      return number ?? Number.NaN;
    });
    return { values, numbers, refused: refused.size === 0 ? undefined : refused };
  }

  #decode(header: PageHeader, bytes: Uint8Array): Float32Array {
    const { data_page_header: v1, data_page_header_v2: v2 } = header;
    if ((v1 ?? v2)?.num_values === 0) return new Float32Array(0);
    const encoding = (v1 ?? v2)?.encoding;
    const byDictionary = encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY";
    const direct = byDictionary ? this.#dictionary !== undefined : this.#plain !== undefined && encoding === "PLAIN";
    if (!direct) return this.#eachOf(this.#pageOf(header, bytes));
    const { values, levels, rows } = this.#parts(header, bytes);
    const decoded = byDictionary ? this.#looked(values, levels, rows) : this.#plainOf(values, levels, rows);
    return levels === undefined ? decoded : spread(decoded, levels);
  }

  /** The bytes of the values of a page, and whether each row has one; no levels: each has. */
  #parts(
    { data_page_header: v1, data_page_header_v2: v2, uncompressed_page_size: size }: PageHeader,
    bytes: Uint8Array,
  ): { readonly values: Uint8Array; readonly levels: Uint8Array | undefined; readonly rows: number } {
    const { codec, compressors } = this.#decoder;
    if (v2 !== undefined) {
      const before = v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
      const packed = bytes.subarray(before);
      const values =
        v2.is_compressed === false ? packed : decompressPage(packed, Number(size) - before, codec, compressors);
      const levels =
        this.#optional && v2.num_nulls > 0 ? levelsOf(bytes.subarray(0, before), v2.num_values) : undefined;
      return { values, levels, rows: v2.num_values };
    }
    const page = decompressPage(bytes, Number(size), codec, compressors);
    const rows = v1!.num_values;
    if (!this.#optional) return { values: page, levels: undefined, rows };
    const end = 4 + new DataView(page.buffer, page.byteOffset).getUint32(0, true);
    return { values: page.subarray(end), levels: levelsOf(page.subarray(4, end), rows), rows };
  }

  #looked(values: Uint8Array, levels: Uint8Array | undefined, rows: number): Float32Array {
    const { numbers, refused } = this.#dictionary!;
    const indices = new Int32Array(levels === undefined ? rows : present(levels));
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    const width = values.length === 0 ? 0 : view.getUint8(0);
    if (width > 0) readRleBitPackedHybrid({ view, offset: 1 }, width, indices, values.length - 1);
    const looked = new Float32Array(indices.length);
    for (let at = 0; at < indices.length; at++) looked[at] = numbers[indices[at]!]!;
    if (refused !== undefined) {
      for (const [at, index] of indices.entries())
        if (refused.has(index)) this.#refuse(this.#before + rowAt(levels, at), refused.get(index));
    }
    return looked;
  }

  #plainOf(values: Uint8Array, levels: Uint8Array | undefined, rows: number): Float32Array {
    const count = levels === undefined ? rows : present(levels);
    const size = this.#plain === "DOUBLE" ? 8 : 4;
    // A copy begins at a place that is a multiple of 8.
    const { buffer } = values.slice(0, count * size);
    const stored =
      this.#plain === "DOUBLE"
        ? new Float64Array(buffer)
        : this.#plain === "FLOAT"
          ? new Float32Array(buffer)
          : new Int32Array(buffer);
    if (stored.length < count) throw new DomainError("BAD_FILE", "a page has fewer values than it says");
    const { least, most } = this.#cells.bound!;
    const numbers = new Float32Array(count);
    for (let at = 0; at < count; at++) {
      const value = stored[at]!;
      if (value >= least && value <= most) numbers[at] = value + 0;
      else if (value === Infinity || value === -Infinity) this.#refuse(this.#before + rowAt(levels, at), value);
      else numbers[at] = value > most ? most : value < least ? least : Number.NaN;
    }
    return numbers;
  }

  /** Of a page in a rarer form the library's values, one by one. */
  #eachOf(data: DecodedArray): Float32Array {
    const numbers = new Float32Array(data.length);
    for (let row = 0; row < data.length; row++) {
      const cell = this.#read(data[row]);
      numbers[row] = this.#cells.of(cell) ?? this.#refuse(this.#before + row, cell);
    }
    return numbers;
  }

  #pageOf(header: PageHeader, bytes: Uint8Array): DecodedArray {
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    const { data } = readPage(reader, header, this.#decoder, this.#dictionary?.values, undefined, 0);
    return data ?? [];
  }
}

const parsers = rawParsers as unknown as Parameters<typeof readPage>[2]["parsers"];

/** 1 for each row that has a value; `undefined`: all have. */
function levelsOf(bytes: Uint8Array, rows: number): Uint8Array | undefined {
  const levels = new Uint8Array(rows);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  readRleBitPackedHybrid({ view, offset: 0 }, 1, levels, bytes.length);
  return levels.includes(0) ? levels : undefined;
}

function present(levels: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < levels.length; row++) count += levels[row]!;
  return count;
}

function spread(numbers: Float32Array, levels: Uint8Array): Float32Array {
  const rows = new Float32Array(levels.length);
  for (let row = 0, at = 0; row < levels.length; row++) rows[row] = levels[row] === 1 ? numbers[at++]! : Number.NaN;
  return rows;
}

/** The row of the value at a place. */
function rowAt(levels: Uint8Array | undefined, at: number): number {
  if (levels === undefined) return at;
  let row = -1;
  for (let left = at + 1; left > 0;) left -= levels[++row]!;
  return row;
}
