import { join } from "node:path";
import { expect, test } from "vitest";
import { numberOf } from "../../../blueprints/index.ts";
import { readTable } from "../../../cli/files/index.ts";
import { readTimeCell } from "../../../loop/history/times/time-cell.ts";
import { flights } from "./folder.ts";

interface Totals {
  readonly rows: number;
  readonly columns: number;
  readonly sums: Readonly<Record<string, number>>;
  readonly missing: Readonly<Record<string, number>>;
  readonly inOrder: boolean;
}

async function totalsOf(path: string, summed: readonly string[], timeColumn?: string): Promise<Totals> {
  const sums: Record<string, number> = {};
  const missing: Record<string, number> = {};
  let [rows, columns, last, inOrder] = [0, 0, 0, true];
  for await (const row of readTable(path)) {
    if ("problem" in row) throw new Error(`line ${row.line}: ${row.problem}`);
    rows += 1;
    if (row.line !== rows + 1) inOrder = false;
    columns = Object.keys(row.values).length;
    for (const name of summed) {
      const value = row.values[name] ?? null;
      if (value === null) missing[name] = (missing[name] ?? 0) + 1;
      const number = numberOf(value);
      if (typeof number === "number") sums[name] = (sums[name] ?? 0) + number;
    }
    if (timeColumn === undefined) continue;
    const time = readTimeCell(row.values[timeColumn] ?? null);
    if (typeof time === "string" || time < last) inOrder = false;
    else last = time;
  }
  return { rows, columns, sums, missing, inOrder };
}

// The figures are those of Python's csv module over the same files.
test("the decisions of the first quarter are read whole and in order", async () => {
  const path = flights("decisions-2013-q1.csv.gz");
  const totals = await totalsOf(path, ["distance", "flight", "temp", "seats", "wind_gust"], "decision_ts");
  expect(totals).toEqual({
    rows: 80_789,
    columns: 28,
    sums: {
      distance: 81_343_950,
      flight: 159_469_698,
      temp: expect.closeTo(3_043_215.7, 3),
      seats: 9_176_270,
      wind_gust: expect.closeTo(730_184.78, 3),
    },
    missing: { seats: 13_403, wind_gust: 54_091 },
    inOrder: true,
  });
});

test("the observations of the first quarter are read whole and in order", async () => {
  const totals = await totalsOf(flights("observations-2013-q1.csv.gz"), ["delay_min"], "event_ts");
  expect(totals).toEqual({ rows: 156_057, columns: 4, sums: { delay_min: 1_348_444 }, missing: {}, inOrder: true });
});

test("the reference features of January are read whole", async () => {
  const path = join(import.meta.dirname, "../../fixtures/flights/stream-features-2013-01.csv.gz");
  expect(await totalsOf(path, ["n_origin_dep_1h", "m_dest_arr_6h", "tail_last_arr_delay"])).toEqual({
    rows: 27_004,
    columns: 12,
    sums: { n_origin_dep_1h: 442_644, m_dest_arr_6h: expect.closeTo(109_717.3021, 3), tail_last_arr_delay: 77_859 },
    missing: { m_dest_arr_6h: 6_630, tail_last_arr_delay: 12_986 },
    inOrder: true,
  });
});
