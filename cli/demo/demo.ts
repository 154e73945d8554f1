import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileBlueprint } from "../../blueprints/index.ts";
import { backtest, publishBlueprint, type Loop } from "../../loop/index.ts";
import { fileTables } from "../files/index.ts";
import { trainingLine } from "../text/models/trained-text.ts";
import { ReplyClock } from "./reply-clock.ts";
import { ServedWatch } from "./served.ts";
import { summarize, type LoopSummary } from "./summary.ts";

const DAY = 24 * 3_600_000;
const AUC_OVER_ROWS = 20_000;

export interface DemoFiles {
  readonly blueprint: string;
  readonly decisions: string;
  readonly observations: string;
}

/** Event times of the flights that the project carries, ms. */
export const flightSpan = Object.freeze({ from: Date.UTC(2013, 0, 1, 9), to: Date.UTC(2013, 3, 1, 3) });

/** The first quarter's flights that the project carries. */
export function flightFiles(root: string): DemoFiles {
  return {
    blueprint: join(root, "examples/flights.yaml"),
    decisions: join(root, "examples/flights/decisions-2013-q1.csv.gz"),
    observations: join(root, "examples/flights/observations-2013-q1.csv.gz"),
  };
}

export interface DemoProgress {
  /** Event time, ms. */
  readonly time: number;
  readonly requests: number;
  readonly nulls: number;
  readonly rows: number;
  /** Published so far. */
  readonly models: number;
  /** Over the newest rows; `undefined` before a model has served. */
  readonly servedAuc: number | undefined;
  readonly training: string | undefined;
}

export interface DemoOptions {
  readonly loop: Loop;
  readonly id: string;
  readonly files: DemoFiles;
  readonly onProgress: (progress: DemoProgress) => void;
  readonly onTrained: (line: string) => void;
  /** Stop after the steps before this event time, ms. */
  readonly until?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type DemoSummary = LoopSummary & {
  readonly latencyMs: { readonly p50: number | null; readonly p99: number | null };
  readonly seconds: number;
};

/** A backtest of the flights, an hour a step, with its view and the latency of each reply. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary | undefined> {
  const { loop, files, id, until, signal } = options;
  const started = performance.now();
  const text = readFileSync(files.blueprint, "utf8");
  const compiled = compileBlueprint(text);
  await publishBlueprint(loop, text);
  await loop.application.idle();
  const replies = await ReplyClock.open(loop.backbone, loop.serdes);
  const watch = new ServedWatch(loop.backbone, loop.serdes, compiled);
  let requests = 0;
  let models = 0;
  let servedAuc: number | undefined;
  const report = (time: number, training?: string): void =>
    options.onProgress({ time, requests, nulls: replies.nulls, rows: watch.rows, models, servedAuc, training });
  try {
    const done = await backtest({
      ...{ loop, id, blueprint: compiled.blueprint, tables: fileTables(files), columns: { unit: "carrier+flight" } },
      ...{ until, closes: true, signal },
      onRequests(records) {
        requests += records.length;
        for (const { key } of records) replies.sent(key);
      },
      onTraining: (time, rounds, total) => report(time, `${rounds}/${total}`),
      onTrained(result, time, reason) {
        if (result.kind === "trained" && result.promoted) models++;
        options.onTrained(trainingLine(result, time, reason));
      },
      async onStep(time) {
        if (time % DAY === 0) servedAuc = await watch.update(AUC_OVER_ROWS);
        report(time);
      },
    });
    if (done === undefined) return undefined;
    const latencyMs = replies.percentiles();
    const summary = await summarize(loop, done);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { ...summary, latencyMs, seconds };
  } finally {
    await replies.close();
  }
}
