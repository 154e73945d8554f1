import type { Backbone, GroupReader, OutgoingRecord, Producer } from "../backbone/backbone.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Output } from "../task/operator-chain.ts";
import type { Task } from "../task/task.ts";
import { commit, type Delivery } from "./commit.ts";
import type { Outbox } from "./outbox.ts";

export interface CommitterOptions {
  readonly groupId: string;
  readonly delivery: Delivery;
  /** 0: after every pass. */
  readonly commitIntervalMs: number;
  readonly backbone: Backbone;
  readonly outbox: Outbox;
  readonly metrics: Metrics;
}

/** What tasks have done and not committed: collects it, sends it on and commits it when it is time. */
export class Committer {
  readonly #options: CommitterOptions;
  readonly #producer: Producer;
  readonly #dirty = new Set<Task>();
  readonly #changelogEnds = new Map<string, number>();
  #unsent: Output[] = [];
  #last = 0;

  constructor(options: CommitterOptions, producer: Producer) {
    this.#options = options;
    this.#producer = producer;
  }

  get clean(): boolean {
    return this.#dirty.size === 0 && this.#unsent.length === 0;
  }

  /** Milliseconds until the next commit is due; `undefined` when there is nothing to commit. */
  get dueIn(): number | undefined {
    return this.#dirty.size === 0 ? undefined : this.#last + this.#options.commitIntervalMs - performance.now();
  }

  touched(task: Task): void {
    this.#dirty.add(task);
  }

  collect(tasks: Iterable<Task>): void {
    for (const task of tasks) {
      const outputs = task.takeOutputs();
      if (outputs.length === 0) continue;
      this.#dirty.add(task);
      this.write(outputs);
    }
  }

  /** Writes beside the tasks: with the next send. */
  write(outputs: readonly Output[]): void {
    for (const output of outputs) this.#unsent.push(output);
  }

  /** Sends what was written, and commits when it is due or `now`. @returns whether it has committed. */
  async settle(group: GroupReader, now: boolean): Promise<boolean> {
    if (this.#dirty.size > 0 && (now || this.dueIn! <= 0)) {
      await this.commit(group);
      return true;
    }
    if (this.#unsent.length > 0 && (this.#options.delivery === "atLeastOnce" || this.#dirty.size === 0)) {
      await this.#producer.send(await this.#take());
    }
    return false;
  }

  /** Commits everything: what one task wrote can't be told from what another did. */
  async commit(group: GroupReader): Promise<void> {
    const { groupId, delivery, metrics } = this.#options;
    const tasks = [...this.#dirty];
    await this.#refreshChangelogEnds(tasks);
    await commit(tasks, await this.#take(), {
      delivery,
      groupId,
      producer: this.#producer,
      group,
      changelogEnd: (task) => this.#changelogEnds.get(task.id) ?? 0,
    });
    this.#dirty.clear();
    this.#last = performance.now();
    metrics.commits.inc();
  }

  async #take(): Promise<OutgoingRecord[]> {
    const outputs = this.#unsent;
    this.#unsent = [];
    const now = performance.now();
    const { metrics, outbox } = this.#options;
    for (const { topic, fetchedAt } of outputs) {
      metrics.written.inc({ topic });
      if (fetchedAt !== undefined) metrics.latency.observe({ topic }, now - fetchedAt);
    }
    return outbox.address(outputs, now);
  }

  /** A stale end only makes a later restore read a little more, so brokers are not asked at every commit. */
  async #refreshChangelogEnds(tasks: readonly Task[]): Promise<void> {
    const { backbone } = this.#options;
    const stateful = tasks.filter(({ subTopology }) => subTopology.stateful);
    const asked = backbone.kind === "embedded" ? stateful : stateful.filter(({ id }) => !this.#changelogEnds.has(id));
    if (asked.length === 0) return;
    const offsets = await backbone.offsets([...new Set(asked.map(({ subTopology }) => subTopology.changelog))]);
    for (const { id, subTopology, partition } of asked) {
      const at = offsets.find((end) => end.topic === subTopology.changelog && end.partition === partition);
      if (at !== undefined) this.#changelogEnds.set(id, at.end);
    }
  }

  /** The tasks have gone. */
  forget(tasks: readonly Task[]): void {
    for (const task of tasks) {
      this.#dirty.delete(task);
      this.#changelogEnds.delete(task.id);
    }
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}
