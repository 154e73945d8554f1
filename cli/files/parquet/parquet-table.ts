import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ByteSink } from "../byte-sink.ts";
import type { ColumnType, TableColumn } from "../table-column.ts";
import type { TableValue } from "../table-row.ts";
import type { CellWriter } from "../text/text-table.ts";

export const rowGroupRows = 100_000;
/**
 * Bounds of a row group with many columns or long texts: its cells and characters are held in memory until it is
 * written.
 */
const rowGroupCells = 1_000_000;
const rowGroupChars = 16 * 1024 * 1024;

export const elements: Readonly<Record<ColumnType, Omit<SchemaElement, "name">>> = {
  string: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  double: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
  timestamp: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    // Without it DuckDB and others take the time for one without a zone.
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
};

/** Parquet with Snappy, every column optional; a time is a UTC timestamp in milliseconds. One row group is held at a time. */
export function parquetTable(sink: ByteSink, columns: readonly TableColumn[]): CellWriter {
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: "loopstream" });
  const mostRows = Math.max(1, Math.min(rowGroupRows, Math.floor(rowGroupCells / columns.length)));
  let data: TableValue[][] = columns.map(() => []);
  let chars = 0;

  /** The encoder only appends, and takes its offsets from a count of its own, so written bytes can leave its buffer. */
  const drain = (): Promise<void> => {
    const chunk = bytes.getBytes().slice();
    bytes.index = 0;
    return sink.write(chunk);
  };
  const endGroup = async (): Promise<void> => {
    const columnData = columns.map(({ name }, index) => ({ name, data: data[index] ?? [] }));
    data = columns.map(() => []);
    chars = 0;
    await parquet.write({ columnData, rowGroupSize: rowGroupRows });
    await drain();
  };
  return {
    async write(cells) {
      for (const [index, column] of data.entries()) {
        const cell = cells[index] ?? null;
        column.push(cell);
        if (typeof cell === "string") chars += cell.length;
      }
      if ((data[0]?.length ?? 0) >= mostRows || chars >= rowGroupChars) await endGroup();
    },
    async end() {
      if ((data[0]?.length ?? 0) > 0) await endGroup();
      await parquet.finish();
      await drain();
    },
  };
}

function schemaOf(columns: readonly TableColumn[]): SchemaElement[] {
  return [
    { name: "root", num_children: columns.length },
    ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: "OPTIONAL", ...elements[type] })),
  ];
}
