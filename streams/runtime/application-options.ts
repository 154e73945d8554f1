import type { Backbone, MemberMemory } from "../backbone/backbone.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Outages } from "../outage.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { StateEngine } from "../state/engine.ts";
import type { DeadLetterValue } from "../task/dead-letter.ts";
import type { Topology } from "../topology/topology.ts";
import type { Topic } from "../topic.ts";
import type { RestoreProgress } from "./changelog/restore.ts";
import type { Delivery } from "./commit/commit.ts";

export interface ApplicationOptions {
  /** Name of the consumer group, and of the changelogs through the topology. */
  readonly id: string;
  readonly topology: Topology;
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly engine: StateEngine;
  readonly deadLetters: Topic<DeadLetterValue>;
  /** Partitions of every topic that does not say its own number. */
  readonly partitions: number;
  readonly delivery: Delivery;
  /** 0: after every pass. */
  readonly commitIntervalMs: number;
  /**
   * How long a task waits, in milliseconds, for an input that is empty but behind the broker's end. 0: not at all, for live
   * decisions. Infinity: as long as it takes, for exact results in replay, back-fill and the demo.
   */
  readonly maxTaskIdleMs: number;
  /**
   * Names this process, and no other at the same time, across its restarts: one that was killed is then not waited for when it is back. Absent:
   * another name each time.
   */
  readonly instanceId?: string | undefined;
  /** Where the id of this process in its group is kept, so that its next start need not wait for the session of one that was killed. */
  readonly memberMemory?: MemberMemory | undefined;
  /** On how many other instances the state of each task is kept, so that one of them can take it over at once. Default 0. */
  readonly standbyReplicas?: number | undefined;
  /** How long one record is tried again, ms; then, where brokers and registry answer, it becomes a dead letter. Default: `recordPatienceMs` of the limits. */
  readonly recordPatienceMs?: number | undefined;
  /** Bytes of records that may be fetched and not handled before partitions are paused, over all tasks. Default 64 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /** The topics are read again as history: no time lies ahead. */
  readonly history?: boolean | undefined;
  /** The time of arrival, ms; default that of the log's ticks, and of this machine until one has come. */
  readonly now?: (() => number) | undefined;
  readonly metrics?: Metrics | undefined;
  /** What a person should know, such as outages. Default: nothing is said. */
  readonly log?: Log | undefined;
  /** Where what is tried again says so. Default: in `log` and `metrics`, and not together with what else in the process waits. */
  readonly outages?: Outages | undefined;
  readonly onRestore?: ((progress: RestoreProgress) => void) | undefined;
  /** The application has stopped by itself; `close` it. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}
