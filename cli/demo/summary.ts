import { deadLetters, observations } from "../../schemas/index.ts";
import type { Backtest, BacktestMonth, Loop } from "../../loop/index.ts";
import { readRaw, type Backbone } from "../../streams/index.ts";

export interface LoopSummary {
  readonly decisions: number;
  readonly nullDecisions: number;
  readonly observations: number;
  readonly trainingRows: number;
  readonly expired: number;
  readonly deadLetters: number;
  readonly modelsPublished: number;
  readonly modelsRefused: number;
  /** By month of the decision, over the decisions that a model made and that have a label. */
  readonly servedAuc: Readonly<Record<string, number>>;
  readonly servedLogLoss: Readonly<Record<string, number>>;
  /** Over the canonical Avro bytes of the newest row of each decision, in the order of the decision ids. */
  readonly rowsSha256: string;
}

/** Counted from the topics: the result does not depend on the process that ran the loop, or on its restarts. */
export async function summarize({ backbone }: Loop, { months, rowsSha256 }: Backtest): Promise<LoopSummary> {
  const sum = (of: (month: BacktestMonth) => number): number => months.reduce((total, month) => total + of(month), 0);
  const made = sum(({ decisions }) => decisions);
  const rows = sum((month) => month.rows);
  return {
    decisions: made,
    nullDecisions: sum(({ nullDecisions }) => nullDecisions),
    observations: await count(backbone, observations.name),
    trainingRows: rows,
    expired: made - rows,
    deadLetters: await count(backbone, deadLetters.name),
    modelsPublished: sum(({ promoted }) => promoted),
    modelsRefused: sum(({ refused }) => refused),
    servedAuc: byMonth(months, "auc"),
    servedLogLoss: byMonth(months, "logLoss"),
    rowsSha256,
  };
}

async function count(backbone: Backbone, topic: string): Promise<number> {
  let records = 0;
  for await (const batch of readRaw(backbone, topic)) records += batch.length;
  return records;
}

/** Months without the metric are left out. */
function byMonth(months: readonly BacktestMonth[], metric: string): Readonly<Record<string, number>> {
  const known = months.filter(({ metrics }) => metrics[metric] !== undefined);
  return Object.fromEntries(known.map(({ month, metrics }) => [month, round(metrics[metric]!)]));
}

const round = (value: number): number => Math.round(value * 1e6) / 1e6;
