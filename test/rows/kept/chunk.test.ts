import { expect, test } from "vitest";
import { decodeChunk, encodeChunk, recordKinds, type Chunk } from "../../../rows/kept/chunk.ts";
import { ColumnBuilder } from "../../../rows/kept/column-builder.ts";
import { cellOf, type Cell, type Column } from "../../../rows/packed/column.ts";
import { PackedRows } from "../../../rows/packed/packed-rows.ts";

const cells: Readonly<Record<string, readonly Cell[]>> = {
  decisionId: ["d0", "d1", "é\u{1f4a5}\u0000", "", "d4", "d5"],
  decisionTime: [1, 2, 3, 4, 5, 6].map((hour) => Date.UTC(2026, 0, 1, hour)),
  rowTime: [1, 2, 3, 4, 5, 6].map((hour) => Date.UTC(2026, 0, 1, hour)),
  fine: [0.1, -0, null, 1e300, Number.POSITIVE_INFINITY, 5e-324],
  coarse: [1, 0.5, null, -0, 3, Number.NEGATIVE_INFINITY],
  nan: [1, Number.NaN, null, Number.NaN, 2, 3],
  mixed: ["a", 1, true, null, Number.NaN, false],
  flags: [true, false, null, true, true, false],
  nothing: [null, null, null, null, null, null],
  words: ["x", "x", null, "y", "x", "\ud800"],
};
const names = Object.keys(cells);

function columnsOf(builders: readonly ColumnBuilder[]): readonly Column[] {
  return builders.map((builder) => {
    for (const [row, cell] of cells[builder.name]!.entries()) builder.set(row, cell);
    return builder.take(6);
  });
}

const builders = names.map((name) => new ColumnBuilder(name, 8));
const chunk: Chunk = {
  ...{ identity: "one", partition: 3, from: 7, to: 40, epoch: "e" },
  last: { offset: 39, sha256: "0" },
  versions: [{ version: "v", state: "known, usable" }],
  reasons: ["no such type"],
  offsets: Float64Array.of(7, 9, 20, 21, 38, 39),
  rowTimes: Float64Array.from(cells["rowTime"] as number[]),
  kinds: new Uint8Array(6).fill(recordKinds.row),
  versionOf: new Uint32Array(6),
  reasonOf: new Uint32Array(6),
  columns: columnsOf(builders),
};

test("a chunk comes back from its bytes as it was, every value of every column", () => {
  const found = decodeChunk(encodeChunk(chunk))!;
  expect(found).toEqual(chunk);
  for (const column of found.columns) {
    const values = cells[column.name]!.map((_, row) => cellOf(column, row));
    expect(
      values.every((value, row) => Object.is(value, cells[column.name]![row])),
      column.name,
    ).toBe(true);
  }
});

test("bytes are read wherever they lie in memory", () => {
  const bytes = encodeChunk(chunk);
  const odd = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
  expect(decodeChunk(odd)).toEqual(chunk);
});

test("numbers that float32 has exactly take half the room", () => {
  const kinds = Object.fromEntries(chunk.columns.map(({ name, numbers }) => [name, numbers?.constructor.name]));
  expect(kinds).toMatchObject({ fine: "Float64Array", coarse: "Float32Array", nothing: undefined });
});

test("a builder keeps nothing of the rows that were taken from it", () => {
  expect(columnsOf(builders)).toEqual(chunk.columns);
  expect(builders.map((builder) => builder.take(6)).every(({ numbers, places }) => !numbers && !places)).toBe(true);
});

test("with any byte changed, cut off at any place, or with more behind them they are no chunk", () => {
  const bytes = encodeChunk(chunk);
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << (at % 8);
    // The four bytes behind the header's length mean nothing, and the hash has them too.
    expect(decodeChunk(flipped), `byte ${at}`).toBeUndefined();
    expect(decodeChunk(bytes.subarray(0, at)), `cut at ${at}`).toBeUndefined();
  }
  expect(decodeChunk(Buffer.concat([bytes, Buffer.alloc(1)]))).toBeUndefined();
});

test("packed rows of columns are those of rows, whichever came first, and however few are picked", () => {
  const rows = cells["decisionId"]!.map((_, row) =>
    Object.fromEntries(names.map((name) => [name, cells[name]![row]!])),
  );
  const picked = [0, 1, 3, 4, 5];
  const one = new PackedRows();
  for (const row of rows) one.add(row);
  for (const place of picked) one.add({ ...rows[place]!, decisionId: `again ${place}` });
  const other = new PackedRows();
  other.addColumns(chunk.columns, Uint32Array.of(0, 1));
  for (const row of rows.slice(2)) other.add(row);
  const again = chunk.columns.map((column) =>
    column.name === "decisionId" ? { ...column, values: [null, ...rows.map((_, row) => `again ${row}`)] } : column,
  );
  other.addColumns(again, Uint32Array.from(picked));
  const read = (store: PackedRows): unknown[] =>
    store.newest().map((row) => names.map((name) => (Object.is(row[name], -0) ? "-0" : row[name])));
  expect(read(one)).toHaveLength(11);
  expect(read(other)).toEqual(read(one));
});
