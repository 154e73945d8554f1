import type { Backbone, GroupReader, OutgoingRecord, Producer, Transaction } from "../../backbone/backbone.ts";
import { codeOf } from "../../coded-error.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import { Tally } from "../../metrics/series.ts";
import type { DeadLetterValue } from "../../task/dead-letter.ts";
import { bytesOf, type Output } from "../../task/output.ts";
import type { Task } from "../../task/task.ts";
import { ChangelogEnds } from "./changelog-ends.ts";
import { commit, snapshotOf, type Delivery } from "./commit.ts";
import type { Outbox } from "./outbox.ts";
import type { CommitPart } from "./commit-part.ts";
import { PendingLetters } from "./pending-letters.ts";

export interface CommitterOptions {
  readonly groupId: string;
  readonly delivery: Delivery;
  /** 0: whenever the commit before is done. Under load commits are further apart. */
  readonly commitIntervalMs: number;
  readonly backbone: Backbone;
  readonly outbox: Outbox;
  readonly metrics: Metrics;
  /** Counts a dead letter that is committed, and says so. */
  readonly onDeadLetter: (letter: DeadLetterValue) => void;
  /** The producer of one task alone; `undefined`: tasks are committed together. */
  readonly producerOf: (task: Task) => Producer | undefined;
}

/** Most bytes of outputs that wait to be stored; beyond it tasks wait. */
const MOST_WAITING = 8 << 20;
/** Fewer bytes than this do not justify a request before their transaction's commit. */
const LITTLE = 256 << 10;
/** Under load, leave at least this long between commits: fewer, larger transactions. */
const BUSY_INTERVAL_MS = 50;

/**
 * Collects the tasks' uncommitted work, sends it on, and commits it when it is time. One commit runs at a time, and
 * tasks go on meanwhile. If transactions take turns, much output goes into the next one before its commit begins. It is
 * encoded then, and leaves when all of the one before is written: the logs keep the order of the work.
 */
export class Committer {
  readonly #options: CommitterOptions;
  /** They take turns: a transaction begins while the one before, of another producer, is still being completed by the broker. */
  readonly #producers: readonly Producer[];
  readonly #unsent = new Map<Task, Output[]>();
  readonly #letters = new PendingLetters();
  readonly #changelogEnds: ChangelogEnds;
  readonly #sends = new Set<Promise<void>>();
  /** They have committed since readers were last known to see everything. */
  readonly #unsettled = new Set<Producer>();
  /** Bytes of outputs that are not stored yet, and of those the ones that are not sent. */
  #waiting = 0;
  #unsentBytes = 0;
  /** The records sent before the next commit. */
  #early = new Tally();
  /** The transaction whose turn it is, once it has records. */
  #open: Transaction | undefined;
  /** Set until the commit under way has written everything. */
  #writing: Promise<void> | undefined;
  #turn = 0;
  #last = 0;
  #underWay: Promise<void> | undefined;
  #done = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: CommitterOptions, producers: readonly Producer[]) {
    this.#options = options;
    this.#producers = producers;
    this.#changelogEnds = new ChangelogEnds(options.backbone);
  }

  /** Something has been committed. */
  get done(): boolean {
    return this.#done;
  }

  /** Nothing is left to commit, and no commit is under way. */
  get clean(): boolean {
    return this.#unsent.size === 0 && this.#underWay === undefined;
  }

  /** Approximate time until the next commit is due, ms; `undefined` if there is nothing to commit. */
  get dueIn(): number | undefined {
    if (this.#unsent.size === 0) return undefined;
    if (this.#underWay !== undefined) return 1;
    const { commitIntervalMs } = this.#options;
    const interval = this.#open === undefined ? commitIntervalMs : Math.max(commitIntervalMs, BUSY_INTERVAL_MS);
    return this.#last + interval - performance.now();
  }

  /** The task has something to commit, even if only its positions. */
  touched(task: Task): void {
    if (!this.#unsent.has(task)) this.#unsent.set(task, []);
  }

  collect(tasks: Iterable<Task>): void {
    for (const task of tasks) {
      const outputs = task.takeOutputs();
      if (outputs.length === 0) continue;
      const bytes = bytesOf(outputs);
      this.#waiting += bytes;
      this.#unsentBytes += bytes;
      const unsent = this.#unsent.get(task);
      if (unsent === undefined) this.#unsent.set(task, [...outputs]);
      else for (const output of outputs) unsent.push(output);
      this.#letters.collect(task);
    }
  }

  /**
   * Sends outputs, and begins a commit if one is due or `now` is set, and none is running. Rejects with the error of an
   * earlier one.
   * @returns whether it has begun one.
   */
  async settle(group: GroupReader, now: boolean): Promise<boolean> {
    this.#check();
    await this.#sendEarly();
    if (this.#underWay !== undefined && this.#waiting > MOST_WAITING) await this.#underWay;
    this.#check();
    if (this.#unsent.size === 0 || this.#underWay !== undefined) return false;
    if (!now && this.dueIn! > 0) return false;
    this.#begin(group);
    return true;
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Before the commit, which waits for it. After a crash in between it is sent again, or its transaction is aborted. */
  async #sendEarly(): Promise<void> {
    const writer = await this.#earlyWriter();
    if (writer === undefined) return;
    const outputs = [...this.#unsent.values()].flatMap((unsent) => unsent.splice(0));
    if (outputs.length === 0) return;
    const bytes = this.#unsentBytes;
    this.#unsentBytes = 0;
    const addressed = await this.#address(outputs, this.#early, this.#letters.undelivered);
    const sent = this.#followed(writer.send(addressed), bytes);
    if (this.#waiting > MOST_WAITING) await sent;
  }

  /**
   * @param bytes of the outputs. Nothing may hold on to these until they are stored: V8 copies objects that live long
   * in its young generation.
   */
  #followed(send: Promise<void>, bytes: number): Promise<void> {
    const sent: Promise<void> = send
      .then(
        () => {
          this.#waiting -= bytes;
        },
        (error: unknown) => {
          this.#failure ??= { error };
        },
      )
      .finally(() => this.#sends.delete(sent));
    this.#sends.add(sent);
    return sent;
  }

  async #earlyWriter(): Promise<Producer | Transaction | undefined> {
    if (this.#options.delivery === "atLeastOnce") return this.#producers[0];
    const takeTurns = this.#producers.length > 1;
    if (!takeTurns || this.#unsentBytes < LITTLE) return undefined;
    return (this.#open ??= await this.#shared.begin(this.#writing));
  }

  get #shared(): Producer {
    return this.#producers[this.#turn % this.#producers.length]!;
  }

  /** Takes the tasks' snapshots at once; the rest happens beside them. */
  #begin(group: GroupReader): void {
    const { producerOf } = this.#options;
    this.#last = performance.now();
    const parts = [...Map.groupBy(this.#unsent, ([task]) => producerOf(task))].map(([own, tasks]): CommitPart => ({
      producer: own ?? this.#shared,
      open: own === undefined ? this.#open : undefined,
      snapshots: tasks.map(([task]) => snapshotOf(task)),
      outputs: tasks.flatMap(([, outputs]) => outputs),
      letters: this.#letters.take(tasks.map(([task]) => task)),
      tally: own === undefined ? this.#early : new Tally(),
    }));
    this.#early = new Tally();
    this.#unsent.clear();
    this.#unsentBytes = 0;
    this.#open = undefined;
    this.#turn++;
    const written = Promise.withResolvers<void>();
    this.#writing = written.promise;
    const onWritten = (): void => {
      this.#writing = undefined;
      written.resolve();
    };
    this.#underWay = this.#commit(parts, group, onWritten)
      .catch((error: unknown) => {
        this.#options.metrics.commitFailures.inc({ code: codeOf(error) });
        this.#failure ??= { error };
      })
      .finally(() => {
        onWritten();
        this.#underWay = undefined;
      });
  }

  /** Rejects when a part failed; the other parts may have been committed. */
  async #commit(parts: readonly CommitPart[], group: GroupReader, onAllWritten: () => void): Promise<void> {
    const { groupId, delivery, metrics, backbone, onDeadLetter } = this.#options;
    const exactEnds = backbone.kind === "embedded";
    const sends = Promise.all(this.#sends);
    await this.#changelogEnds.refresh(parts.flatMap(({ snapshots }) => snapshots.map(({ task }) => task)));
    await sends;
    this.#check();
    let unwritten = parts.length;
    const onWritten = (): void => {
      if (--unwritten === 0) onAllWritten();
    };
    const done = await Promise.allSettled(
      parts.map(async ({ producer, open, snapshots, outputs, letters, tally }) => {
        const records = await this.#address(outputs, tally, letters);
        const through = delivery === "atLeastOnce" ? { producer } : { transaction: open ?? (await producer.begin()) };
        const onCommitted = (): void => {
          letters.forEach(onDeadLetter);
          tally.add(performance.now());
        };
        const context = {
          groupId,
          through,
          group,
          onWritten,
          onCommitted,
          changelogEnd: this.#changelogEnds.of,
          exactEnds,
        };
        await commit(snapshots, records, context);
        this.#waiting -= bytesOf(outputs);
        metrics.commits.inc();
        this.#done = true;
        this.#unsettled.add(producer);
      }),
    );
    for (const part of done) if (part.status === "rejected") throw part.reason;
  }

  /** Commits everything, after the running commit. */
  async commit(group: GroupReader): Promise<void> {
    while (this.#underWay !== undefined || this.#unsent.size > 0) {
      await this.#underWay;
      this.#check();
      if (this.#unsent.size > 0) {
        await this.#sendEarly();
        this.#begin(group);
      }
    }
    this.#check();
  }

  /** Resolves once readers can see everything committed. Call it only while `clean`. */
  async settled(): Promise<void> {
    const producers = [...this.#unsettled];
    this.#unsettled.clear();
    await Promise.all(producers.map(async (producer) => producer.settled?.()));
  }

  #address(outputs: readonly Output[], tally: Tally, letters: DeadLetterValue[]): Promise<OutgoingRecord[]> {
    const now = performance.now();
    const { metrics, outbox } = this.#options;
    const counts = new Map<string, number>();
    for (const output of outputs) {
      counts.set(output.topic, (counts.get(output.topic) ?? 0) + 1);
      tally.note(output);
    }
    for (const [topic, count] of counts) metrics.written.inc({ topic }, count);
    return outbox.address(outputs, now, letters);
  }

  /** The tasks have gone. */
  forget(tasks: readonly Task[]): void {
    this.#letters.forget(tasks);
    for (const task of tasks) {
      this.#unsent.delete(task);
      this.#changelogEnds.forget(task);
    }
  }

  /** Waits for running work: a store must not be closed during its flush. */
  async close(): Promise<void> {
    await this.#underWay;
    await Promise.all(this.#producers.map((producer) => producer.close()));
  }
}
