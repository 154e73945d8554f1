import type { Backtest, BacktestMonth } from "../../loop/index.ts";
import { figureText } from "../../trainer/index.ts";
import { importJson, publishedText } from "../text/import-text.ts";
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
  const { badLines } = imported.counts;
  const bad = badLines === 0 ? "" : `; ${badLines} bad lines are in the dead letters`;
  return visible(
    [
      table(head, lines),
      "served: rows with a prediction as it was served; figures are of these. newest row: the mean age, at those decisions, of the newest row that the model had learnt from, and the largest",
      `${publishedText(imported.counts)}${bad}\n${useCase} ${blueprintVersion}, rows sha256 ${rowsSha256}`,
    ].join("\n\n"),
  );
}

function ageText({ newestRowAgeMs: age }: BacktestMonth): string {
  const days = (ms: number): string => (ms / DAY).toFixed(1);
  return age === null ? "–" : `${days(age.mean)} d, ${days(age.largest)} d`;
}
