import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileBlueprint, parseBlueprint } from "../../blueprints/index.ts";
import type { ModelRecorded } from "../../schemas/index.ts";
import { Feed, publishBlueprint, readHistory, recordsOf, type HistoryColumns, type Loop } from "../../loop/index.ts";
import { fileTables } from "../files/index.ts";
import { ReplyClock } from "./reply-clock.ts";
import { ServedWatch } from "./served.ts";
import { summarize, type LoopSummary } from "./summary.ts";
import { trainModel, trainingDue } from "../../trainer/index.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AUC_OVER_ROWS = 20_000;

export const flightColumns: HistoryColumns = Object.freeze({
  decisionId: "decision_id",
  decisionTime: "decision_ts",
  unit: "carrier+flight",
  observationTime: "event_ts",
});

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

/**
 * Replays the flights in event-time order, an hour a step. After each step the feed waits until the loop has handled
 * it, and as long as a training runs. So two runs see the same model at the same flight. A killed run goes on from its
 * last step.
 */
export async function runDemo(options: DemoOptions): Promise<DemoSummary | undefined> {
  const { loop, files, id } = options;
  const started = performance.now();
  const text = readFileSync(files.blueprint, "utf8");
  const blueprint = parseBlueprint(text, files.blueprint);
  await publishBlueprint(loop, text);
  await loop.application.idle();
  const feed = await Feed.open(loop, { groupId: `${id}-feed`, source: `${id}-feed`, stepMs: HOUR, replies: true });
  const replies = await ReplyClock.open(loop.backbone, loop.serdes);
  const watch = new ServedWatch(loop.backbone, loop.serdes, compileBlueprint(text));
  let requests = 0;
  let models = 0;
  let servedAuc: number | undefined;
  const report = (time: number, training?: string): void =>
    options.onProgress({ time, requests, nulls: replies.nulls, rows: watch.rows, models, servedAuc, training });
  const settle = async (time: number): Promise<void> => {
    await loop.application.idle();
    const reason = await trainingDue(loop, blueprint.useCase, time);
    if (reason !== undefined) {
      const onProgress = (done: number, total: number): void => report(time, `${done}/${total}`);
      const result = await trainModel(loop, { useCase: blueprint.useCase, until: time, onProgress });
      await loop.application.idle();
      if (result.kind === "trained") {
        if (result.promoted) models++;
        options.onTrained(trainedLine(result.model, time, reason));
      }
    }
    if (time % DAY === 0) servedAuc = await watch.update(AUC_OVER_ROWS);
    report(time);
  };
  try {
    const position = await feed.position();
    /** End of the last step. Lines that can't be read may come in a step without a time. */
    let last = Number.NEGATIVE_INFINITY;
    for await (const step of readHistory(fileTables(files), flightColumns, blueprint, { stepMs: HOUR })) {
      if (options.until !== undefined && step.until > options.until) break;
      if (step.until <= position) {
        last = Math.max(last, step.until);
        // The training of the step at which the last run ended may be missing. Behind the last step is the closing
        // tick, at which nothing is trained.
        if (step.until === position) await settle(position);
        continue;
      }
      if (options.signal?.aborted === true) return undefined;
      const [records, outcomes] = [recordsOf(step.requests), recordsOf(step.outcomes)];
      for (const { key } of records) replies.sent(key);
      await feed.publish({ until: step.until, requests: records, outcomes });
      requests += step.requests.length;
      await settle(step.until);
      last = Math.max(last, step.until);
    }
    await feed.tick((Number.isFinite(last) ? last : position) + blueprint.join.ttlMs);
    await loop.application.idle();
    const latencyMs = replies.percentiles();
    const summary = await summarize(loop.backbone, loop.serdes, text);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { ...summary, latencyMs, seconds };
  } finally {
    await replies.close();
    await feed.close();
  }
}

function trainedLine({ modelId, states }: ModelRecorded, time: number, reason: string): string {
  return `${new Date(time).toISOString().slice(0, 16)}  model ${modelId}, ${reason}: ${states.at(-1)!.reason}`;
}
