import type { ByteSink } from "../byte-sink.ts";
import { isDigits, type TableColumn } from "../table-column.ts";
import type { TableValue } from "../table-row.ts";

/** Rows of cells on their way to a file, one cell a column. */
export interface CellWriter {
  write(cells: readonly TableValue[]): Promise<void>;
  end(): Promise<void>;
}

const chunkLength = 64 * 1024;

/** CSV as RFC 4180 quotes it, lines ended by `\n`. Null is empty, empty text is `""`, a time is ISO-8601 in UTC. */
export function csvTable(sink: ByteSink, columns: readonly TableColumn[]): CellWriter {
  const lineOf = (cells: readonly TableValue[]): string => {
    const line = cells.map((cell, index) => quoted(textOf(cell, columns[index]))).join(",");
    // One empty field alone would be a blank line, which readers skip.
    return line === "" ? '""' : line;
  };
  return textTable(sink, columns.map(({ name }) => quoted(name)).join(","), lineOf);
}

/** One JSON object a line, with every column. A time is ISO-8601 in UTC. */
export function jsonlTable(sink: ByteSink, columns: readonly TableColumn[]): CellWriter {
  const keys = columns.map(({ name }) => JSON.stringify(name));
  return textTable(sink, undefined, (cells) => {
    const fields = cells.map((cell, index) => {
      const column = columns[index];
      const value = column?.type === "timestamp" ? textOf(cell, column) : cell;
      return `${keys[index]}:${column?.digits && isDigits(value) ? value : JSON.stringify(value)}`;
    });
    return `{${fields.join(",")}}`;
  });
}

function textTable(
  sink: ByteSink,
  header: string | undefined,
  lineOf: (cells: readonly TableValue[]) => string,
): CellWriter {
  let text = header === undefined ? "" : `${header}\n`;
  const flush = (): Promise<void> => {
    const chunk = text;
    text = "";
    return sink.write(chunk);
  };
  return {
    async write(cells) {
      text += `${lineOf(cells)}\n`;
      if (text.length >= chunkLength) await flush();
    },
    async end() {
      if (text !== "") await flush();
    },
  };
}

function textOf(cell: TableValue, column: TableColumn | undefined): string | null {
  if (cell === null) return null;
  return column?.type === "timestamp" && typeof cell === "number" ? new Date(cell).toISOString() : String(cell);
}

function quoted(text: string | null): string {
  if (text === null) return "";
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
