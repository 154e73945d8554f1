import { nearest } from "../../blueprints/index.ts";
import { HistoryError, type HistoryCell, type HistoryRow, type HistoryTable } from "../../loop/index.ts";
import type { TextVectorEncoder } from "../../serving/index.ts";

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
    for await (const row of table.lines()) {
      if ("problem" in row) yield row;
      else {
        const values: Record<string, HistoryCell> = { ...row.values };
        for (const { vector, text } of columns) values[vector] = await vectorOf(row.values[text]);
        yield { ...row, values };
      }
    }
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
