import type { Backbone, MemberMemory, Position } from "../backbone/backbone.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { SeriesOf } from "../metrics/series.ts";
import type { Outages } from "../outage.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { StateEngine } from "../state/engine.ts";
import type { DeadLetterValue } from "../task/dead-letter.ts";
import type { Topology } from "../topology/topology.ts";
import type { Topic } from "../topic.ts";
import type { RestoreProgress } from "./changelog/restore.ts";
import type { Delivery } from "./commit/commit.ts";

/** A group that writes a topic from the records of others. */
export interface OtherWriter {
  /** As this application calls it. */
  readonly topic: string;
  /** The topics that it is written from, as this application calls them. */
  readonly reads: readonly string[];
  /** Offsets that the group has committed on topics of these names. */
  readonly committed: (topics: readonly string[]) => Promise<readonly Position[]>;
}

export interface ApplicationOptions {
  /** Name of the consumer group, and of the changelogs through the topology. */
  readonly id: string;
  readonly topology: Topology;
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly engine: StateEngine;
  readonly deadLetters: Topic<DeadLetterValue>;
  /** Partitions of every topic without a number of its own. */
  readonly partitions: number;
  readonly delivery: Delivery;
  /** Under load, leave at least this long between commits: fewer, larger transactions. 0: commit after every pass. */
  readonly commitIntervalMs: number;
  /**
   * How long a task waits, in milliseconds, for an input that is empty here but behind the broker's end. 0: not at all,
   * for live decisions. Infinity: without a limit, for exact results in replay, back-fill and the demo.
   */
  readonly maxTaskIdleMs: number;
  /**
   * A stable name, unique among running processes. After a restart it need not wait for its old session. Absent: a new
   * name each time.
   */
  readonly instanceId?: string | undefined;
  /** Keeps this process's id in its group, so that its next start need not wait for the session of a killed one. */
  readonly memberMemory?: MemberMemory | undefined;
  /** Number of other instances that keep a copy of each task's state, for a quick take-over. Default 0. */
  readonly standbyReplicas?: number | undefined;
  /**
   * How long one record is tried again, ms; then it becomes a dead letter, if brokers and registry answer. Default:
   * `recordPatienceMs` of the limits.
   */
  readonly recordPatienceMs?: number | undefined;
  /** Most bytes of fetched and unhandled records over all tasks; beyond it partitions are paused. Default 64 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /** What folds may take in memory, approximately, bytes; their largest parts move to the disk. Default: no bound. */
  readonly foldBytes?: number | undefined;
  /** The topics are read again as history: no time counts as ahead. */
  readonly history?: boolean | undefined;
  /** Nobody waits for its results: every task waits until the globals hold all that was published before its records. */
  readonly besideReplies?: boolean | undefined;
  /** Its results may be late: while this application of the same process is busy, it has a hundredth of the time. */
  readonly yieldsTo?: { readonly isBusy: boolean } | undefined;
  /** Topics of its topology that other groups write. Absent: only its own tasks write, or producers do. */
  readonly otherWriters?: readonly OtherWriter[] | undefined;
  /** The time of arrival, ms. Default: the time of the log's ticks, and this machine's until the first tick. */
  readonly now?: (() => number) | undefined;
  readonly metrics?: Metrics | undefined;
  /** Metrics that written records add to, once they are committed. */
  readonly seriesOf?: SeriesOf | undefined;
  /** The log for people, with outages. Default: silence. */
  readonly log?: Log | undefined;
  /** Hears of everything that is tried again. Default: `log` and `metrics`, apart from other waits of the process. */
  readonly outages?: Outages | undefined;
  readonly onRestore?: ((progress: RestoreProgress) => void) | undefined;
  /** Called when the application has stopped by itself; `close` it. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}
