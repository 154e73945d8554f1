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
  /** Tasks with the same producer are committed together, the others side by side. */
  readonly producerOf: (task: Task) => Producer;
}

/** What tasks have done and not committed: collects it, sends it on and commits it when it is time. */
export class Committer {
  readonly #options: CommitterOptions;
  /** For what belongs to no task. */
  readonly #producer: Producer;
  readonly #unsent = new Map<Task, Output[]>();
  readonly #changelogEnds = new Map<string, number>();
  #loose: Output[] = [];
  #last = 0;

  constructor(options: CommitterOptions, producer: Producer) {
    this.#options = options;
    this.#producer = producer;
  }

  get clean(): boolean {
    return this.#unsent.size === 0 && this.#loose.length === 0;
  }

  /** Milliseconds until the next commit is due; `undefined` when there is nothing to commit. */
  get dueIn(): number | undefined {
    return this.#unsent.size === 0 ? undefined : this.#last + this.#options.commitIntervalMs - performance.now();
  }

  /** The task has something to commit, if only its positions. */
  touched(task: Task): void {
    if (!this.#unsent.has(task)) this.#unsent.set(task, []);
  }

  collect(tasks: Iterable<Task>): void {
    for (const task of tasks) {
      const outputs = task.takeOutputs();
      if (outputs.length === 0) continue;
      const unsent = this.#unsent.get(task);
      if (unsent === undefined) this.#unsent.set(task, [...outputs]);
      else for (const output of outputs) unsent.push(output);
    }
  }

  /** Writes beside the tasks: with the next send. */
  write(outputs: readonly Output[]): void {
    this.#loose.push(...outputs);
  }

  /** Sends what was written, and commits when it is due or `now`. @returns whether it has committed. */
  async settle(group: GroupReader, now: boolean): Promise<boolean> {
    if (this.#loose.length > 0) await this.#sendLoose();
    if (this.#unsent.size > 0 && (now || this.dueIn! <= 0)) {
      await this.commit(group);
      return true;
    }
    if (this.#options.delivery === "atLeastOnce") await this.#sendEarly();
    return false;
  }

  async #sendLoose(): Promise<void> {
    const loose = this.#loose;
    this.#loose = [];
    await this.#producer.send(await this.#address(loose));
  }

  /** Before the commit: a crash in between sends it again. */
  async #sendEarly(): Promise<void> {
    const outputs = [...this.#unsent.values()].flatMap((unsent) => unsent.splice(0));
    if (outputs.length > 0) await this.#producer.send(await this.#address(outputs));
  }

  /** Commits everything. Rejects when a part failed; the other parts may have been committed. */
  async commit(group: GroupReader): Promise<void> {
    const { groupId, delivery, metrics, producerOf } = this.#options;
    if (this.#loose.length > 0) await this.#sendLoose();
    await this.#refreshChangelogEnds([...this.#unsent.keys()]);
    const parts = Map.groupBy(this.#unsent, ([task]) => producerOf(task));
    this.#unsent.clear();
    const done = await Promise.allSettled(
      [...parts].map(async ([producer, part]) => {
        const outputs = await this.#address(part.flatMap(([, unsent]) => unsent));
        const tasks = part.map(([task]) => task);
        const changelogEnd = (task: Task): number => this.#changelogEnds.get(task.id) ?? 0;
        await commit(tasks, outputs, { delivery, groupId, producer, group, changelogEnd });
        metrics.commits.inc();
      }),
    );
    this.#last = performance.now();
    for (const part of done) if (part.status === "rejected") throw part.reason;
  }

  #address(outputs: readonly Output[]): Promise<OutgoingRecord[]> {
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
      this.#unsent.delete(task);
      this.#changelogEnds.delete(task.id);
    }
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}
