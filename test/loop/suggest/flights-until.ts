import type { HistoryTable } from "../../../loop/index.ts";

/** The lines of a table before a day, which are in the order of their times. */
export const until = ({ name, head, lines }: HistoryTable, time: string, day: string): HistoryTable => ({
  name,
  head,
  async *lines() {
    for await (const row of lines()) {
      if ("values" in row && String(row.values[time]) >= day) return;
      yield row;
    }
  },
});
