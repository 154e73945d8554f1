import { setImmediate as eventLoop } from "node:timers/promises";
import type { Backbone, Fetch, Position } from "../backbone/backbone.ts";
import { LastingReader } from "../backbone/lasting-reader.ts";
import { insist, isPassingRead } from "../insist.ts";
import { streamsLimits } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Outage } from "../outage.ts";
import { Pause } from "../pause.ts";
import { nothingRefused, type Refused } from "../refused.ts";
import type { PartedFold } from "./fold-parts.ts";
import type { FoldScope, GlobalFold } from "../global-source.ts";
import type { Filling, Gaps } from "./part-ledger.ts";

export interface PartFillerOptions {
  readonly backbone: Pick<Backbone, "offsets" | "reader">;
  readonly folds: readonly PartedFold[];
  /** Waits until the schemas of these records are known. */
  readonly learn: (fetches: readonly Fetch[]) => Promise<void>;
  /** Folds records into some parts of a fold. */
  readonly fold: (fold: GlobalFold<unknown>, fetch: Fetch, scope: FoldScope, refused: Refused) => void;
  /** Makes everything readable that this reads; `undefined`: it is. */
  readonly prepare: (fetches: readonly Fetch[], scope: FoldScope) => Promise<void> | undefined;
  /** Does the work while no other work of the feed is under way, and stores its changes as one. */
  readonly store: (work: () => void | Promise<void>) => Promise<void>;
  /** The records refused when they came. */
  readonly refused: (topics: readonly string[]) => Promise<Refused>;
  /** Parts have been filled, or the filler stands still for good. */
  readonly onChange: () => void;
  readonly onFailure: (error: unknown) => void;
  readonly log: Log;
  readonly outage: Outage;
  readonly metrics?: Pick<Metrics, "warmingParts" | "warmingRecords" | "warmedRecords"> | undefined;
}

const POLL_MS = 200;

/**
 * Reads retained records, for the parts of folds that are not filled or have forgotten too much. It goes in small steps
 * beside the feed. A step's bytes and its place are stored as one: a killed process goes on behind the last step.
 */
export class PartFiller {
  readonly #options: PartFillerOptions;
  readonly #pause = new Pause();
  #running: Promise<void> | undefined;
  #closing = false;
  #reader: LastingReader | undefined;
  /** That are being filled. */
  #parts = new Set<string>();
  /** Folded records could not be stored: memory is ahead of the disk. */
  #broken = false;
  /** No rest between steps: somebody waits, and no task is at work. */
  hurry = false;

  constructor(options: PartFillerOptions) {
    this.#options = options;
  }

  /** Fills all parts that are not filled, also those added meanwhile. */
  wake(): void {
    this.#show();
    if (this.#running !== undefined || this.#closing || this.#next() === undefined) return;
    this.#running = this.#run().then(
      () => {
        this.#running = undefined;
        this.wake();
      },
      (error: unknown) => void (this.#closing || this.#options.onFailure(error)),
    );
  }

  /** It is not to be filled any more, even if it is added again at once. */
  forget(part: string): void {
    this.#parts.delete(part);
  }

  /** A fold of this topic has parts that are not filled. */
  isFilling(topic: string): boolean {
    return this.#options.folds.some(({ fold, bytes }) => fold.topic.name === topic && bytes.warming.size > 0);
  }

  /** Records that are still to be read for parts that are not filled, as far as offsets tell. */
  get left(): number {
    return this.#leftOf(({ again }) => again === undefined);
  }

  #leftOf(isMeant: (filling: Filling) => boolean): number {
    const fillings = this.#options.folds.flatMap(({ ledger }) => ledger.fillings().filter(isMeant));
    return fillings.reduce((left, { gaps }) => left + recordsIn(gaps), 0);
  }

  #next(): { readonly of: PartedFold; readonly filling: Filling } | undefined {
    for (const of of this.#options.folds) {
      const [filling] = of.ledger.fillings();
      if (filling !== undefined) return { of, filling };
    }
    return undefined;
  }

  async #run(): Promise<void> {
    const { outage } = this.#options;
    const isClosing = (): boolean => this.#closing;
    const passes = (error: unknown): boolean => !this.#broken && isPassingRead(error);
    for (let next = this.#next(); next !== undefined && !this.#closing; next = this.#next()) {
      const { of, filling } = next;
      await insist(() => this.#fill(of, filling), { outage, pause: this.#pause, isClosing, passes });
      outage.ended();
    }
    outage.givenUp();
  }

  async #fill(of: PartedFold, filling: Filling): Promise<void> {
    const { backbone, log, refused, outage } = this.#options;
    const { fold } = of;
    const topic = fold.topic.name;
    const started = performance.now();
    this.#parts = new Set(filling.parts);
    const named = { global: fold.name, parts: [...filling.parts] };
    await this.#skipGone(of);
    const first = this.#gapsOf(of);
    const records = recordsIn(first);
    if (records > 0) {
      log.info(
        { ...named, records },
        `${fold.name}: ${wordsOf(filling)} from ${plural(records, "record")} of ${topic}`,
      );
    }
    const left = records > 0 ? await refused([topic]) : nothingRefused;
    const positions = Object.entries(first).map(([at, { next }]) => positionOf(topic, at, next));
    const reader = await LastingReader.open(backbone, positions, outage);
    this.#reader = reader;
    let sayAt = started + streamsLimits.warmingLineMs;
    try {
      for (let gaps = first; Object.keys(gaps).length > 0; gaps = this.#gapsOf(of)) {
        reader.pause(positions.filter(({ partition }) => gaps[`${topic}/${partition}`] === undefined));
        const fetches = await reader.poll(POLL_MS, streamsLimits.warmingRecords);
        if (this.#closing) return;
        if (fetches.length === 0) await this.#skipGone(of);
        await this.#step(of, fetches, left);
        if (performance.now() < sayAt) continue;
        sayAt = performance.now() + streamsLimits.warmingLineMs;
        const rest = recordsIn(this.#gapsOf(of));
        log.info({ ...named, records, left: rest }, `${fold.name}: ${plural(rest, "record")} left to fill from`);
      }
    } finally {
      if (this.#reader !== undefined) await reader.close();
      this.#reader = undefined;
    }
    this.#settle(of);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    log.info({ ...named, records, seconds }, `${fold.name}: filled from ${plural(records, "record")} in ${seconds} s`);
    this.#options.onChange();
  }

  /** In pieces, with a rest after each: the live feed and the tasks have the process as long as this had it. */
  async #step(of: PartedFold, fetches: readonly Fetch[], left: Refused): Promise<void> {
    const { learn, fold, prepare, metrics } = this.#options;
    await learn(fetches);
    for (const { topic, partition, records } of fetches) {
      const at = `${topic}/${partition}`;
      for (let from = 0; from < records.length && !this.#closing; from += streamsLimits.warmingRecords) {
        const started = performance.now();
        const some = records.slice(from, from + streamsLimits.warmingRecords);
        await this.#store(async () => {
          await prepare([{ topic, partition, records: some }], this.#scopeOf(of));
          const until = this.#gapsOf(of)[at]?.until ?? 0;
          const wanted = { topic, partition, records: some.filter(({ offset }) => offset < until) };
          if (wanted.records.length > 0) fold(of.fold, wanted, this.#scopeOf(of), left);
          this.#advance(of, at, some.at(-1)!.offset + 1);
          metrics?.warmedRecords.inc(wanted.records.length);
          this.#settle(of);
        });
        await eventLoop();
        if (!this.hurry) await this.#pause.wait(performance.now() - started);
      }
    }
  }

  /** Records removed meanwhile do not come any more. */
  async #skipGone(of: PartedFold): Promise<void> {
    const { topic } = of.fold;
    const gaps = this.#gapsOf(of);
    const gone = (await this.#options.backbone.offsets([topic.name])).filter(({ partition, start }) => {
      const gap = gaps[`${topic.name}/${partition}`];
      return gap !== undefined && gap.next < start;
    });
    if (gone.length === 0) return;
    await this.#store(() => {
      for (const { partition, start } of gone) this.#advance(of, `${topic.name}/${partition}`, start);
      this.#settle(of);
    });
  }

  /** Parts that are filled may be read again at any time from then on: that is another filling, from its start. */
  #advance(of: PartedFold, at: string, next: number): void {
    of.ledger.advance(this.#parts, at, next);
    if (Object.keys(this.#gapsOf(of)).length === 0) this.#parts.clear();
  }

  async #store(work: () => void | Promise<void>): Promise<void> {
    try {
      await this.#options.store(work);
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }

  /** The gaps of the parts that are being filled. They began together, so they have the same gaps. */
  #gapsOf({ ledger }: PartedFold): Gaps {
    const [part] = this.#parts;
    return part === undefined ? {} : ledger.gapsOf(part);
  }

  #scopeOf({ ledger }: PartedFold): FoldScope {
    const [part = ""] = this.#parts;
    return { parts: this.#parts, ...ledger.spanOf(part) };
  }

  /** Parts without gaps count everything: tasks may use them as soon as their content is in memory. */
  #settle({ ledger, bytes }: PartedFold): void {
    const open = new Set(ledger.fillings().flatMap(({ parts, again }) => (again === undefined ? [...parts] : [])));
    for (const part of bytes.warming) if (!open.has(part)) bytes.warming.delete(part);
    this.#show();
  }

  #show(): void {
    const { metrics, folds } = this.#options;
    metrics?.warmingParts.set(folds.reduce((sum, { bytes }) => sum + bytes.warming.size, 0));
    metrics?.warmingRecords.set(this.#leftOf(() => true));
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#pause.end();
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
    await this.#running;
  }
}

const recordsIn = (gaps: Gaps): number =>
  Object.values(gaps).reduce((sum, { next, until }) => sum + Math.max(0, until - next), 0);

const positionOf = (topic: string, at: string, offset: number): Position => ({
  topic,
  partition: Number(at.slice(topic.length + 1)),
  offset,
});

function wordsOf({ parts, again }: Filling): string {
  if (again === undefined) return `filling ${plural(parts.size, "part")}`;
  const time = new Date(again).toISOString();
  return `${plural(parts.size, "part")} had forgotten records from before ${time} that are asked for, and reads them again`;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
