import type { HistoryRow, HistoryTable } from "../../../loop/index.ts";

export type Values = Readonly<Record<string, string | number | boolean | null>>;

/** Lines in memory as a table of history. */
export function tableOf(name: string, rows: readonly Values[]): HistoryTable {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    name,
    head: () => Promise.resolve({ columns, open: false }),
    async *lines(): AsyncGenerator<HistoryRow> {
      for (const [index, values] of rows.entries()) yield { line: index + 1, values };
    },
  };
}

export const START = Date.UTC(2026, 0, 1);
export const HOUR = 3_600_000;
export const iso = (time: number): string => new Date(time).toISOString();

/** A row whose names may be any, also those that objects have by themselves. */
export function rowOf(entries: Iterable<readonly [string, Values[string]]>): Values {
  return Object.fromEntries(entries);
}
