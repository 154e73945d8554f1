import { join } from "node:path";
import { expect, test } from "vitest";
import { numberOf } from "../../../../blueprints/index.ts";
import { chunkOf, NumberColumn, openParquet, type CellNumber } from "../../../../cli/files/index.ts";
import { parquetGroups } from "../../../../cli/files/parquet/read-parquet.ts";

const fixture = (name: string): string => join(import.meta.dirname, "../../../fixtures/parquet", name);
const most = 3.4028234663852886e38;

const numbers: CellNumber = {
  of(cell) {
    const value = typeof cell === "boolean" ? Number(cell) : cell === undefined ? undefined : numberOf(cell);
    return value === null ? Number.NaN : value === undefined ? undefined : Math.min(most, Math.max(-most, value));
  },
  bound: { least: -most, most },
};
const lengths: CellNumber = {
  of: (cell) => (cell === null ? Number.NaN : typeof cell === "string" ? cell.length : undefined),
};
const cellsOf = (name: string): CellNumber =>
  ["text", "time"].includes(name) ? lengths : name === "bool" ? { of: numbers.of } : numbers;

test.each(["dictionary-1", "dictionary-2", "plain-1", "plain-2"])(
  "each column of a file of pyarrow (%s) has the numbers of its cells, bit by bit, over pages and row groups",
  async (kind) => {
    const path = fixture(`pages-${kind}.parquet`);
    const file = await openParquet(path);
    let at = 0;
    for await (const { rows, columns } of parquetGroups(path)) {
      const group = file.metadata.row_groups[at++]!;
      expect(columns).toHaveLength(15);
      for (const [name, data, read] of columns) {
        const column = file.columns.find(({ element }) => element.name === name)!;
        const refuse = (row: number): never => {
          throw new Error(`${name}, row ${row}`);
        };
        const reader = new NumberColumn(file, { column, chunk: chunkOf(group, name) }, cellsOf(name), refuse);
        const out = new Float32Array(2 * rows);
        for (let from = 0; from < rows; from += 90) await reader.fill(out, 2 * from, 2, Math.min(90, rows - from));
        const found = Array.from({ length: rows }, (_, row) => out[2 * row]);
        const expected = Array.from({ length: rows }, (_, row) => Math.fround(cellsOf(name).of(read(data[row]))!));
        expect([name, found]).toEqual([name, expected]);
      }
    }
    expect(at).toBe(2);
    await file.handle.close();
  },
);

test.each(["dictionary-1", "plain-2"])("a text that is no number is refused with its row (%s)", async (kind) => {
  const path = fixture(`pages-${kind}.parquet`);
  const file = await openParquet(path);
  const column = file.columns.find(({ element }) => element.name === "text")!;
  const first = (await parquetGroups(path).next()).value as unknown as { columns: [string, unknown[]][] };
  const texts = first.columns.find(([name]) => name === "text")![1];
  const row = texts.findIndex((text) => text !== null);
  const refuse = (at: number, cell: unknown): never => {
    throw new Error(`row ${at}: ${JSON.stringify(cell)}`);
  };
  const chunk = chunkOf(file.metadata.row_groups[0]!, "text");
  const reader = new NumberColumn(file, { column, chunk }, numbers, refuse);
  await expect(reader.fill(new Float32Array(400), 0, 1, 400)).rejects.toThrow(
    `row ${row}: ${JSON.stringify(texts[row])}`,
  );
  await file.handle.close();
});
