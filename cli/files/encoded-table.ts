import { nearest } from "../../blueprints/index.ts";
import { HistoryError, type HistoryCell, type HistoryRow, type HistoryTable, type ReadRow } from "../../loop/index.ts";
import type { TextVectorEncoder } from "../../serving/index.ts";
import { hasCode } from "../../streams/index.ts";

/** A column of vectors that is made of a column of texts. */
export interface EncodedColumn {
  /** The new column. */
  readonly vector: string;
  readonly text: string;
}

/**
 * A table with more columns: the vectors of its texts, as JSON. A line without the text has no vector.
 *
 * @param encoder opened before the first line, so that a wrong file is told before anything is published
 */
export function encodedTable(
  table: HistoryTable,
  columns: readonly EncodedColumn[],
  encoder: () => Promise<TextVectorEncoder>,
): HistoryTable {
  const { name } = table;
  async function* lines(): AsyncGenerator<HistoryRow> {
    for await (const row of table.lines()) yield "problem" in row ? row : await encoded(row);
  }
  /** A text of which the encoder makes no numbers is the problem of its line. */
  async function encoded(row: ReadRow): Promise<HistoryRow> {
    const values: Record<string, HistoryCell> = { ...row.values };
    for (const { vector, text } of columns) {
      try {
        values[vector] = await vectorOf(row.values[text]);
      } catch (error) {
        if (!hasCode(error, "BAD_MODEL")) throw error;
        const problem = `${vector}: ${(error as Error).message}`;
        return { line: row.line, problem, text: row.text ?? JSON.stringify(row.values) };
      }
    }
    return { ...row, values };
  }
  const vectorOf = async (cell: HistoryCell | undefined): Promise<string | null> =>
    cell === null || cell === undefined || cell === ""
      ? null
      : JSON.stringify(await (await encoder()).encode(String(cell)));
  return {
    name,
    async head() {
      const head = await table.head();
      await encoder();
      for (const { vector, text } of columns) check(name, head.columns, head.open, vector, text);
      return { ...head, columns: [...head.columns, ...columns.map(({ vector }) => vector)] };
    },
    lines,
    ...(table.keyOf === undefined ? {} : { keyOf: table.keyOf }),
    ...(table.ofDecisions === undefined ? {} : { ofDecisions: table.ofDecisions }),
  };
}

function check(file: string, columns: readonly string[], open: boolean, vector: string, text: string): void {
  if (columns.includes(vector))
    throw new HistoryError(`${file}: --encode ${vector}=${text}: there is a column ${vector} already`);
  if (columns.includes(text) || open) return;
  const guess = nearest(text, columns);
  const hint = guess === null ? `Columns: ${columns.join(", ")}` : `Is it "${guess}"?`;
  throw new HistoryError(`${file}: --encode ${vector}=${text}: there is no column "${text}". ${hint}`);
}
