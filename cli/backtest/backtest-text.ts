import type { Backtest, BacktestMonth } from "../../loop/index.ts";
import { figureText } from "../../trainer/index.ts";
import { countsText, importJson } from "../text/import-text.ts";
import { table } from "../text/output.ts";
import { visible } from "../terminal/visible.ts";

/** For programs. */
export const backtestJson = ({ imported, ...result }: Backtest): object => ({
  ...result,
  imported: importJson(imported),
});

const DAY = 24 * 3_600_000;

/** For people: a line a month. */
export function backtestText({ useCase, blueprintVersion, months, rowsSha256, imported }: Backtest): string {
  const names = [...new Set(months.flatMap(({ metrics }) => Object.keys(metrics)))];
  const head = ["month", "decisions", "null", "rows", "served", ...names, "promoted", "refused", "newest row"];
  const lines = months.map((month) => [
    ...[month.month, month.decisions, month.nullDecisions, month.rows, month.served],
    ...names.map((name) => (month.metrics[name] === undefined ? "–" : figureText(month.metrics[name], 4))),
    ...[month.promoted, month.refused, ageText(month)],
  ]);
  return visible(
    [
      table(head, lines),
      "served: rows with a prediction as it was served; figures are of these. newest row: the mean age, at those decisions, of the newest row that the model had learnt from, and the largest",
      `${countsText(imported)}${rowlessText(months)}\n${useCase} ${blueprintVersion}, rows sha256 ${rowsSha256}`,
    ].join("\n\n"),
  );
}

/** Without a row a decision teaches nothing, and is in no figure. */
function rowlessText(months: readonly BacktestMonth[]): string {
  const sumOf = (count: (month: BacktestMonth) => number): number => months.reduce((sum, each) => sum + count(each), 0);
  const [decisions, rows] = [sumOf((month) => month.decisions), sumOf((month) => month.rows)];
  if (rows >= decisions) return "";
  return `\n${decisions - rows} of ${decisions} decisions have no row: their labels did not come, came behind join.ttl (dead letters with TOO_LATE), or still wait`;
}

function ageText({ newestRowAgeMs: age }: BacktestMonth): string {
  const days = (ms: number): string => (ms / DAY).toFixed(1);
  return age === null ? "–" : `${days(age.mean)} d, ${days(age.largest)} d`;
}
