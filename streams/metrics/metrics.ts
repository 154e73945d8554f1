import { Counter, Gauge, Registry } from "prom-client";
import { BatchHistogram } from "./batch-histogram.ts";
import { httpMetrics, type HttpMetrics } from "./http-metrics.ts";

/** Every metric of the runtime, declared once with its kind, meaning and labels. */
export interface Metrics {
  readonly registry: Registry;
  readonly http: HttpMetrics;
  readonly handled: Counter<"operator">;
  readonly written: Counter<"topic">;
  readonly deadLetters: Counter<"code">;
  readonly unknownFields: Counter<"use_case" | "what" | "name">;
  readonly unusableValues: Counter<"use_case" | "what" | "name">;
  readonly windowLookups: Counter<"outcome">;
  readonly decisions: Counter<"use_case" | "reason">;
  readonly decisionDuration: BatchHistogram;
  readonly rows: Counter<"use_case" | "maturity">;
  readonly lag: Gauge<"topic" | "partition">;
  /** Asked for `lag`. */
  readonly lags: Set<() => Promise<readonly InputLag[]>>;
  readonly commits: Counter;
  readonly commitFailures: Counter<"code">;
  readonly restarts: Counter<"code">;
  readonly rebalances: Counter<"change">;
  readonly restored: Counter<"task">;
  readonly positionsReset: Counter<"topic" | "reason">;
  readonly offsetsLost: Counter<"topic">;
  readonly stateLost: Counter<"changelog">;
  readonly passedOn: Counter<"topic">;
  readonly misplaced: Counter<"topic">;
  readonly tasks: Gauge;
  readonly timelines: Gauge;
  readonly standbys: Gauge;
  readonly queued: Gauge;
  readonly queuedBytes: Gauge;
  readonly globalsOffset: Gauge<"topic">;
  readonly warmingParts: Gauge;
  readonly warmingRecords: Gauge;
  readonly warmedRecords: Counter;
  readonly recalledParts: Counter;
  readonly movedParts: Counter;
  readonly partBytes: Gauge<"place">;
  readonly retries: Counter<"what">;
  readonly waiting: Gauge<"what">;
  /** The waits of the moment: `waiting` shows the longest of each name. */
  readonly waits: Set<Waiting>;
}

/** Records of an input that are on the log and not handled. */
export interface InputLag {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
}

interface Waiting {
  readonly what: string;
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const waits = new Set<Waiting>();
  const lags: Metrics["lags"] = new Set();
  return Object.freeze({
    registry,
    http: httpMetrics(registers),
    handled: new Counter({
      name: "loopstream_records_handled_total",
      help: "Records given to an operator.",
      labelNames: ["operator"],
      registers,
    }),
    written: new Counter({
      name: "loopstream_records_written_total",
      help: "Records written to a topic.",
      labelNames: ["topic"],
      registers,
    }),
    deadLetters: new Counter({
      name: "loopstream_dead_letters_total",
      help: "Records that could not be handled.",
      labelNames: ["code"],
      registers,
    }),
    unknownFields: new Counter({
      name: "loopstream_unknown_fields_total",
      help: "Context entries, observation fields, event kinds and actions of candidates that no blueprint knows. Each instance counts all kinds, since it reads all events.",
      labelNames: ["use_case", "what", "name"],
      registers,
    }),
    unusableValues: new Counter({
      name: "loopstream_unusable_values_total",
      help: "Values in a context or an observation that their declared types can't read, and candidates that an earlier one has the id of.",
      labelNames: ["use_case", "what", "name"],
      registers,
    }),
    windowLookups: new Counter({
      name: "loopstream_window_lookups_total",
      help: "Windows of one key that another instance was asked for; late: the features are missing.",
      labelNames: ["outcome"],
      registers,
    }),
    decisions: new Counter({
      name: "loopstream_decisions_total",
      help: "Decisions made, by the reason of their value, and requests refused with a reply (reason error).",
      labelNames: ["use_case", "reason"],
      registers,
    }),
    decisionDuration: new BatchHistogram({
      name: "loopstream_decision_duration_seconds",
      help: "From the arrival of a request in this process to the commit of its reply. Requests that ask for no reply are not in it.",
      labelName: "use_case",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registry,
    }),
    rows: new Counter({
      name: "loopstream_rows_total",
      help: "Training rows written; a decision may have partial, provisional, mature and several corrected ones.",
      labelNames: ["use_case", "maturity"],
      registers,
    }),
    lag: new Gauge({
      name: "loopstream_lag_records",
      help: "Records of an input of this instance that are on the log and not handled. Absent while the log gives no answer.",
      labelNames: ["topic", "partition"],
      registers,
      async collect() {
        const all = await Promise.all([...lags].map((ask) => ask()));
        this.reset();
        for (const { topic, partition, records } of all.flat()) this.set({ topic, partition }, records);
      },
    }),
    lags,
    commits: new Counter({ name: "loopstream_commits_total", help: "Commits that succeeded.", registers }),
    commitFailures: new Counter({
      name: "loopstream_commit_failures_total",
      help: "Commits that failed; the instance joins its group again and does the work again.",
      labelNames: ["code"],
      registers,
    }),
    restarts: new Counter({
      name: "loopstream_restarts_total",
      help: "Times the instance left its group after an error, to join again and go on from the last commit.",
      labelNames: ["code"],
      registers,
    }),
    rebalances: new Counter({
      name: "loopstream_rebalances_total",
      help: "Times the group gave this instance partitions (assigned) or took some away (revoked).",
      labelNames: ["change"],
      registers,
    }),
    restored: new Counter({
      name: "loopstream_restored_records_total",
      help: "Changelog records applied to local state, at start or as a standby.",
      labelNames: ["task"],
      registers,
    }),
    positionsReset: new Counter({
      name: "loopstream_positions_reset_total",
      help: "Partitions read from their start again: the topic was made anew (madeAnew) or has lost its end (cutBack).",
      labelNames: ["topic", "reason"],
      registers,
    }),
    offsetsLost: new Counter({
      name: "loopstream_offsets_lost_total",
      help: "Offsets that were removed from a topic before they were read.",
      labelNames: ["topic"],
      registers,
    }),
    stateLost: new Counter({
      name: "loopstream_state_lost_total",
      help: "Tasks that began without the state that had been committed: it was neither here nor on the changelog.",
      labelNames: ["changelog"],
      registers,
    }),
    passedOn: new Counter({
      name: "loopstream_records_passed_on_total",
      help: "Records that were written to another partition than the one whose task has their key, and passed on to it.",
      labelNames: ["topic"],
      registers,
    }),
    misplaced: new Counter({
      name: "loopstream_misplaced_records_total",
      help: "Records that a producer's partitioner put into another partition than Kafka's default one does, and that were passed on.",
      labelNames: ["topic"],
      registers,
    }),
    tasks: new Gauge({ name: "loopstream_tasks", help: "Tasks this instance runs.", registers }),
    timelines: new Gauge({
      name: "loopstream_timelines",
      help: "Event times that the task with the most of them keeps: one for each use case and feed, and one for the rest.",
      registers,
    }),
    standbys: new Gauge({ name: "loopstream_standbys", help: "Tasks of others whose state is kept here.", registers }),
    queuedBytes: new Gauge({
      name: "loopstream_queued_bytes",
      help: "Bytes of records fetched and not handled.",
      registers,
    }),
    queued: new Gauge({ name: "loopstream_queued_records", help: "Records fetched and not handled.", registers }),
    globalsOffset: new Gauge({
      name: "loopstream_globals_offset",
      help: "How far a topic of the globals is read: the next offsets of its partitions together.",
      labelNames: ["topic"],
      registers,
    }),
    warmingParts: new Gauge({
      name: "loopstream_warming_parts",
      help: "Parts of globals, such as event windows of a new blueprint version, that are being filled from retained records.",
      registers,
    }),
    warmingRecords: new Gauge({
      name: "loopstream_warming_records",
      help: "Retained records that are still to be read for the parts of globals that are being filled.",
      registers,
    }),
    warmedRecords: new Counter({
      name: "loopstream_warmed_records_total",
      help: "Retained records read for parts of globals that were not filled, or had forgotten what was asked for.",
      registers,
    }),
    recalledParts: new Counter({
      name: "loopstream_recalled_parts_total",
      help: "Parts of globals, such as event windows, that had forgotten what a record of long ago asked for and read it again from retained records.",
      registers,
    }),
    movedParts: new Counter({
      name: "loopstream_moved_parts_total",
      help: "Parts of globals, such as groups of event windows, that had no room in memory and are on disk alone from then on.",
      registers,
    }),
    partBytes: new Gauge({
      name: "loopstream_part_bytes",
      help: "Bytes of the parts of globals, such as groups of event windows; in memory with what entries take beside their own.",
      labelNames: ["place"],
      registers,
    }),
    retries: new Counter({
      name: "loopstream_retries_total",
      help: "Attempts that failed and were repeated.",
      labelNames: ["what"],
      registers,
    }),
    waiting: new Gauge({
      name: "loopstream_waiting_seconds",
      help: "For how long something has been tried again without success; absent where nothing is waited for.",
      labelNames: ["what"],
      registers,
      collect() {
        this.reset();
        // In the order they began, so the newest of a name comes last.
        for (const { what, since } of [...waits].reverse()) this.set({ what }, (performance.now() - since) / 1_000);
      },
    }),
    waits,
  });
}
