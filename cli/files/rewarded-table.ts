import { HistoryError, readTimeCell, type HistoryRow, type HistoryTable, type TimeReading } from "../../loop/index.ts";

export interface RewardColumns {
  /** Of the decision id. */
  readonly id: string;
  /** Of the time of the reward. */
  readonly time: string;
  readonly reward: string;
  readonly times: TimeReading;
}

/**
 * Decisions whose table also says what came of each, as two tables: decisions without that column, and an observation a
 * line that has it. A line that is bad among the decisions is not told again.
 */
export function rewardedTables(
  table: HistoryTable,
  { id, time, reward, times }: RewardColumns,
): { readonly decisions: HistoryTable; readonly observations: HistoryTable } {
  const { name } = table;
  async function* decided(): AsyncGenerator<HistoryRow> {
    for await (const row of table.lines())
      yield "problem" in row ? row : { ...row, values: without(row.values, reward), beside: row.values[reward] };
  }
  async function* observed(): AsyncGenerator<HistoryRow> {
    for await (const row of table.lines()) {
      if ("problem" in row) continue;
      const [whose = null, when = null, worth = null] = [id, time, reward].map((column) => row.values[column]);
      if (whose === null || whose === "" || worth === null || worth === "") continue;
      if (typeof readTimeCell(when, times) !== "number") continue;
      yield { line: row.line, values: { [id]: whose, [time]: when, [reward]: worth } };
    }
  }
  return {
    decisions: {
      name,
      async head() {
        const head = await table.head();
        if (!head.columns.includes(reward))
          throw new HistoryError(`${name}: there is no column ${reward}. Columns: ${head.columns.join(", ")}`);
        return { ...head, columns: head.columns.filter((column) => column !== reward) };
      },
      lines: decided,
    },
    observations: {
      name: `${name} (${reward})`,
      head: () => Promise.resolve({ columns: [...new Set([id, time, reward])], open: false }),
      lines: observed,
      ofDecisions: true,
    },
  };
}

function without<T>(values: Readonly<Record<string, T>>, column: string): Readonly<Record<string, T>> {
  const { [column]: _, ...rest } = values;
  return rest;
}
