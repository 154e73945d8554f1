import { textOf } from "../bytes.ts";
import type { Backbone, Fetch, PartitionOffsets, Position, Reader } from "../backbone/backbone.ts";
import { badTime, isEventTime } from "../backbone/event-time.ts";
import { LastingReader } from "../backbone/lasting-reader.ts";
import { TopicView, type Move } from "../backbone/topic-view.ts";
import { hasCode, StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import type { GlobalView } from "../operator.ts";
import { Pause } from "../pause.ts";
import { silent, type Log } from "../log.ts";
import { Outages, type Outage } from "../outage.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { Change, StateDatabase, StateEngine } from "../state/engine.ts";
import { openState } from "../state/open-state.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { nothingRefused, type Refused } from "../runtime/refused.ts";
import { aheadOfTime, unbounded, type Arrival } from "../task/arrival.ts";
import { FoldBytes } from "./fold-bytes.ts";
import type { FoldScope, GlobalFold, GlobalSource, GlobalTable } from "./global-source.ts";
import { PartFiller, type PartedFold } from "./part-filler.ts";
import { PartLedger, type Gap } from "./part-ledger.ts";
import { checkRead } from "../topic.ts";
import { TableContent } from "./table-content.ts";

const POSITION = "\u0001";
/** Before a topic's name: the id of the topic that its positions are of. */
const TOPIC_ID = "\u0002";
const TOPIC_ID_END = "\u0003";
const POSITION_END = "\u0002";
/** Before what no task asks for any more, as far as is known; ms. */
const HORIZON = "\u0004horizon";
const DATABASE = "globals";

export interface GlobalFeedOptions {
  readonly backbone: Pick<Backbone, "offsets" | "reader" | "describe" | "ranges" | "history">;
  readonly serdes: Serdes;
  readonly engine: StateEngine;
  readonly sources: readonly GlobalSource[];
  /** Called with what can't be read; the feed goes on. */
  readonly onUndecodable: (fetch: Fetch, index: number, error: unknown) => void;
  /** Called when records have been read, before their positions are remembered; tried again while it rejects with an outage. */
  readonly onRead?: () => Promise<void>;
  /** Called once, with what ended the feed: the globals stand still from then on. Outages do not end it. */
  readonly onFailure?: (error: unknown) => void;
  /** The feed of this process before, which is closed: tables whose topics were made anew since go on with what it had read. */
  readonly former?: GlobalFeed | undefined;
  /** A fold is read from another position than the one it had come to. */
  readonly onMove?: (move: Move) => void;
  /** A table's topic is not the one that was read before; `kept`: what it held is still known here. */
  readonly onTableLost?: (topic: string, kept: boolean) => void;
  /** Default: nothing is said of state that is made again. */
  readonly log?: Log | undefined;
  /** Default: nothing is said of outages. */
  readonly outages?: Outages;
  readonly metrics?: Pick<Metrics, "globalsOffset" | "warmingParts" | "warmingRecords" | "warmedRecords">;
  /** The time at which what is read now arrives. Default: no record lies ahead. */
  readonly arrival?: () => Arrival;
  /** Asked where a fold, or a part of one, is made from the start of its topic: what was refused when it came is left out. */
  readonly refused?: (topics: readonly string[]) => Promise<Refused>;
}

const POLL_MS = 200;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * Reads every partition of the globals' topics, ahead of and beside the tasks. Tables are read from the start of their
 * topic and live in memory; folds are kept on disk with the offsets they stand for. Tables are always ahead of folds.
 */
export class GlobalFeed {
  readonly #options: GlobalFeedOptions;
  readonly #tables = new Map<string, TableContent>();
  readonly #folds = new Map<string, FoldBytes>();
  readonly #next = new Map<string, number>();
  /** Of the topics, where they have any. */
  #ids: Readonly<Record<string, string>> = {};
  /** Tables that know more than is on their topics. */
  readonly #kept = new Set<string>();
  readonly #database: StateDatabase;
  readonly #reader: Reader;
  readonly #parted: PartedFold[] = [];
  readonly #filler: PartFiller;
  /** Where partitions began when the feed was opened. */
  readonly #starts = new Map<string, number>();
  /** Versions of the tables that the folds' parts are settled by; `undefined`: they are not whole yet. */
  #tableVersions: string | undefined;
  /** No task asks for what only decisions before it would need, ms. What is read from before it brings it back. */
  #horizon = Number.NEGATIVE_INFINITY;
  #storedHorizon = Number.NEGATIVE_INFINITY;
  /** What is under way that changes folds and stores them: one such thing at a time. */
  #working: Promise<unknown> = Promise.resolve();
  #waiters: (() => void)[] = [];
  #closing = false;
  #closed: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #log: Outage;
  /** Of the registry, for a schema that a record was written with. */
  readonly #schemas: Outage;
  readonly #pause = new Pause();
  #refused: Refused | undefined;
  /** When history last came, ms of the monotonic clock. */
  #historyAt = Number.NEGATIVE_INFINITY;

  static async open(options: GlobalFeedOptions, again = false): Promise<GlobalFeed> {
    const { engine, backbone, log = silent } = options;
    const history = await backbone.history?.();
    const database = await openState({ engine, name: DATABASE, history, positionsIn, log });
    try {
      return await GlobalFeed.#openOver(database, options);
    } catch (error) {
      // It could not be opened again otherwise.
      await database.close();
      // What was found to be corrupt while it was read is made again, as what can't be opened.
      if (!again && hasCode(error, "STATE_CORRUPT")) return GlobalFeed.open(options, true);
      throw error;
    }
  }

  static async #openOver(database: StateDatabase, options: GlobalFeedOptions): Promise<GlobalFeed> {
    const { backbone, sources, former, onMove, onTableLost } = options;
    const topics = [...new Set(sources.map(({ topic }) => topic.name))];
    const view = await TopicView.of(backbone, topics);
    const known = new Map<string, string>();
    for (const [key, id] of await database.range(TOPIC_ID, TOPIC_ID_END)) {
      known.set(key.slice(TOPIC_ID.length), Buffer.from(id).toString());
    }
    const positions: Position[] = [];
    const anew = new Set<string>();
    const changes = Object.entries(view.ids).map(([topic, id]): Change => [TOPIC_ID + topic, Buffer.from(id)]);
    const offsets = await backbone.offsets(topics);
    const moved: string[] = [];
    for (const { topic, partition, start, end } of offsets) {
      const folded = sources.some((source) => source.kind === "fold" && source.topic.name === topic);
      const [stored] = folded ? await database.getMany([`${POSITION}${topic}/${partition}`]) : [];
      if (folded && stored === undefined && start < end) anew.add(topic);
      const offset = stored === undefined ? start : Number(Buffer.from(stored).toString());
      const move =
        stored === undefined ? undefined : view.moveOf({ topic, partition, offset, topicId: known.get(topic) });
      if (move !== undefined) {
        onMove?.(move);
        moved.push(`${topic}/${partition}`);
        changes.push([`${POSITION}${topic}/${partition}`, Buffer.from(String(move.to))]);
      }
      positions.push({ topic, partition, offset: move?.to ?? offset });
    }
    await database.write(changes);
    const outages = options.outages ?? new Outages();
    const log = outages.of("globals");
    const reader = await LastingReader.open(backbone, positions, log);
    const waits = [log, outages.of("schemas of globals"), outages.of("filling of globals")] as const;
    const feed = new GlobalFeed(options, database, reader, positions, waits);
    feed.#ids = view.ids;
    for (const { topic, partition, start } of offsets) feed.#starts.set(`${topic}/${partition}`, start);
    if (anew.size > 0) feed.#refused = await options.refused?.([...anew]);
    for (const source of sources) {
      const { name } = source.topic;
      const kept = source.kind === "table" ? former?.kept(source.name, name, view.ids[name]) : undefined;
      if (kept !== undefined) feed.#kept.add(source.name);
      const lost = source.kind === "table" && view.ids[name] !== (known.get(name) ?? view.ids[name]);
      if (lost) onTableLost?.(name, kept !== undefined);
      if (source.kind === "table") feed.#tables.set(source.name, kept ?? new TableContent());
      else await feed.#loadFold(source, moved);
    }
    const [horizon] = await database.getMany([HORIZON]);
    if (horizon !== undefined) feed.#horizon = feed.#storedHorizon = Number(Buffer.from(horizon).toString());
    return feed;
  }

  private constructor(
    options: GlobalFeedOptions,
    database: StateDatabase,
    reader: Reader,
    positions: readonly Position[],
    [log, schemas, filling]: readonly [Outage, Outage, Outage],
  ) {
    this.#options = options;
    this.#log = log;
    this.#schemas = schemas;
    this.#database = database;
    this.#reader = reader;
    this.#filler = new PartFiller({
      backbone: options.backbone,
      folds: this.#parted,
      learn: (fetches) => this.#learn(fetches),
      fold: (fold, fetch, parts, refused) => this.#applyTo(fold, fetch, { parts, since: this.#horizon }, refused),
      store: (work) => this.#alone(() => this.#store(work)),
      refused: options.refused ?? (async () => nothingRefused),
      onChange: () => this.#wake(),
      onFailure: (error) => this.#fail(error),
      log: options.log ?? silent,
      outage: filling,
      metrics: options.metrics,
    });
    for (const { topic, partition, offset } of positions) this.#next.set(`${topic}/${partition}`, offset);
  }

  async #loadFold(fold: GlobalFold<unknown>, moved: readonly string[]): Promise<void> {
    const bytes = await FoldBytes.load(fold.name, this.#database);
    this.#folds.set(fold.name, bytes);
    if (fold.parts === undefined) return;
    const ledger = await PartLedger.load(fold.name, this.#database);
    // What was to be read of a topic that is another one now, or without its start, is gone.
    for (const partition of moved) ledger.close(partition);
    for (const { parts } of ledger.fillings()) for (const part of parts) bytes.warming.add(part);
    this.#parted.push({ fold, bytes, ledger });
  }

  /** What a table held, where its topic has another id by now; `undefined` where all of it is read again. */
  kept(table: string, topic: string, topicId: string | undefined): TableContent | undefined {
    const id = this.#ids[topic];
    const another = id !== undefined && topicId !== undefined && id !== topicId;
    return another || this.#kept.has(table) ? this.#tables.get(table) : undefined;
  }

  /** Views by name, as operators see them. */
  views(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      this.#options.sources.map((source) => [
        source.name,
        source.kind === "table" ? this.#view(source) : this.#folds.get(source.name)!,
      ]),
    );
  }

  #view<T>(table: GlobalTable<T>): GlobalView<T> {
    return this.#tables.get(table.name) as unknown as GlobalView<T>;
  }

  /**
   * Resolves once tables and folds hold everything that was there at the call, and the parts of folds that are needed are filled. Folds are read
   * after the tables, and from then on side by side.
   */
  async start(): Promise<void> {
    const { backbone, sources } = this.#options;
    const folded = sources.filter(({ kind }) => kind === "fold").map(({ topic }) => topic.name);
    const foldPartitions = (await backbone.offsets([...new Set(folded)])).map(({ topic, partition }) => ({
      topic,
      partition,
    }));
    const tables = [...new Set(sources.filter(({ kind }) => kind === "table").map(({ topic }) => topic.name))];
    this.#reader.pause(foldPartitions);
    for (const topic of this.topics) this.#show(topic);
    this.#running = this.#run();
    await this.reached(await backbone.offsets(tables));
    await this.#alone(() => this.#store(() => this.#settleParts()));
    this.#filler.hurry = true;
    this.#filler.wake();
    this.#reader.resume(foldPartitions);
    await this.#until(await backbone.offsets([...new Set(folded)]), () => this.#lacksNeeded());
    this.#filler.hurry = false;
  }

  #lacksNeeded(): boolean {
    return this.#parted.some(({ fold, bytes }) =>
      fold.parts!.needed((table) => this.#view(table)).some((part) => bytes.warming.has(part)),
    );
  }

  /** Records that are still to be read for parts of folds that are not filled. */
  get leftToFill(): number {
    return this.#filler.left;
  }

  /** The next offset to read of a topic's partition; `undefined`: it is of no global. */
  next(topic: string, partition: number): number | undefined {
    return this.#next.get(`${topic}/${partition}`);
  }

  /** Resolves once everything before these ends has been read, and is counted in every part; rejects when the feed has failed. */
  reached(ends: readonly PartitionOffsets[]): Promise<void> {
    return this.#until(ends, () => ends.some(({ topic }) => this.#filler.isFilling(topic)));
  }

  /** @param lacks what else has to come. */
  async #until(ends: readonly PartitionOffsets[], lacks: () => boolean): Promise<void> {
    while (!this.#isAt(ends) || lacks()) {
      if (this.#closing) throw new StreamsError("CLOSED", "the globals are closed");
      this.check();
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** The log or the registry can't be read at the moment: globals stand still until it is over. */
  get lasting(): boolean {
    return this.#log.lasting || this.#schemas.lasting;
  }

  /** Throws what ended the feed, if anything has: the globals stand still then. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  isAt(ends: readonly PartitionOffsets[]): boolean {
    return this.#isAt(ends) && !ends.some(({ topic }) => this.#filler.isFilling(topic));
  }

  #isAt(ends: readonly PartitionOffsets[]): boolean {
    return ends.every(({ topic, partition, start, end }) => {
      const next = this.#next.get(`${topic}/${partition}`);
      return next === undefined || end <= start || next >= end;
    });
  }

  get topics(): readonly string[] {
    return [...new Set(this.#options.sources.map(({ topic }) => topic.name))];
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closing) {
        const fetches = await this.#reader.poll(POLL_MS);
        await this.#learn(fetches);
        if (this.#closing) return;
        await this.#apply(fetches);
        this.#wake();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#closing || this.#failure !== undefined) return;
    this.#failure = { error };
    this.#wake();
    this.#options.onFailure?.(error);
  }

  /** Work that changes folds waits for what is under way: what is stored together is then of one piece of work. */
  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#working.then(work);
    this.#working = done.catch(() => undefined);
    return done;
  }

  /**
   * Waits until the schemas of all these records are known, as long as the registry is away. Before any of them is applied: a fold that was applied in part could
   * not be applied again, and what is read before a table's record must not come before it here.
   */
  async #learn(fetches: readonly Fetch[]): Promise<void> {
    const { serdes } = this.#options;
    for (const { topic, partition, records } of fetches) {
      for (const { offset, value } of records) {
        if (value === null || serdes.knows(value)) continue;
        // Another error is the record's own fault: it shows when it is applied.
        await this.#insist(this.#schemas, () => serdes.learn(value), { topic, partition, offset }).catch(
          () => undefined,
        );
      }
    }
    this.#schemas.ended();
  }

  /** Tries again while it is an outage, until it works or the feed is to close. */
  async #insist(outage: Outage, work: () => Promise<void> | undefined, fields: object = {}): Promise<void> {
    for (let waitMs = FIRST_RETRY_MS; !this.#closing; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof StreamsError && error.flags.retry)) throw error;
        outage.failed(error, fields);
      }
      await this.#pause.wait(waitMs);
    }
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #apply(fetches: readonly Fetch[]): Promise<void> {
    const { sources } = this.#options;
    const applyAll = (kind: GlobalSource["kind"]): void => {
      for (const source of sources) {
        if (source.kind !== kind) continue;
        for (const fetch of fetches) if (fetch.topic === source.topic.name) this.#applyTo(source, fetch);
      }
    };
    return this.#alone(async () => {
      await this.#store(() => {
        applyAll("table");
        if (this.#tableVersions !== undefined) this.#settleParts();
        applyAll("fold");
        for (const { topic, partition, records } of fetches) {
          this.#next.set(`${topic}/${partition}`, records.at(-1)!.offset + 1);
        }
      }, fetches);
      for (const { topic } of fetches) this.#show(topic);
      this.#filler.wake();
    });
  }

  #show(topic: string): void {
    let offset = 0;
    for (const [at, next] of this.#next) if (at.slice(0, at.lastIndexOf("/")) === topic) offset += next;
    this.#options.metrics?.globalsOffset.set({ topic }, offset);
  }

  /** Stores what the work has changed, and the positions behind these fetches, as one. */
  async #store(work: () => void, fetches: readonly Fetch[] = []): Promise<void> {
    work();
    const changes: Change[] = [...this.#folds.values()].flatMap((bytes) => bytes.takeChanges());
    for (const { ledger } of this.#parted) changes.push(...ledger.takeChanges());
    for (const { topic, partition } of fetches) {
      const next = this.#next.get(`${topic}/${partition}`);
      changes.push([`${POSITION}${topic}/${partition}`, Buffer.from(String(next))]);
    }
    if (this.#horizon !== this.#storedHorizon) {
      this.#storedHorizon = this.#horizon;
      changes.push([HORIZON, Buffer.from(String(this.#horizon))]);
    }
    // What can't be read is said before it is passed over for good.
    await this.#insist(this.#log, () => this.#options.onRead?.());
    if (changes.length > 0 && !this.#closing) await this.#database.write(changes);
  }

  /**
   * Adds the parts that the tables ask for by now, and forgets those they do not. The fold counts what it reads from here on in every part: what it
   * has read before is what a new part lacks.
   */
  #settleParts(): void {
    const versions = [...this.#tables.values()].map(({ version }) => version).join();
    if (versions === this.#tableVersions) return;
    const first = this.#tableVersions === undefined;
    this.#tableVersions = versions;
    for (const { fold, bytes, ledger } of this.#parted) {
      const asked = new Set(fold.parts!.asked((table) => this.#view(table)));
      const gone = new Set(ledger.parts.filter((part) => !asked.has(part)));
      const added = [...asked].filter((part) => !ledger.has(part));
      // At first also what was kept by a release that kept no ledger.
      if (first || gone.size > 0) {
        for (const key of bytes.keys())
          if (!ledger.has(fold.parts!.partOf(key)) || gone.has(fold.parts!.partOf(key))) bytes.delete(key);
      }
      for (const part of gone) {
        ledger.forget(part);
        bytes.warming.delete(part);
        this.#filler.forget(part);
      }
      if (added.length === 0) continue;
      const gaps = this.#readOf(fold.topic.name);
      for (const part of added) {
        ledger.add(part, gaps);
        if (Object.keys(gaps).length > 0) bytes.warming.add(part);
      }
    }
  }

  /** What the topic held before the feed's positions. */
  #readOf(topic: string): Readonly<Record<string, Gap>> {
    const gaps: Record<string, Gap> = {};
    for (const [at, until] of this.#next) {
      const start = this.#starts.get(at) ?? 0;
      if (at.slice(0, at.lastIndexOf("/")) === topic && until > start) gaps[at] = { next: start, until };
    }
    return gaps;
  }

  /** @param scope only into these parts of a fold, whose records were read before: what is wrong with them themselves was said then. */
  #applyTo(source: GlobalSource, fetch: Fetch, scope?: FoldScope, refused = this.#refused): void {
    const { serdes, onUndecodable } = this.#options;
    const { topic, partition } = fetch;
    const { now, latest, at } = this.#options.arrival?.() ?? unbounded;
    const { maxFutureMs = streamsLimits.maxFutureMs } = source.topic;
    for (const [index, record] of fetch.records.entries()) {
      const key = textOf(record.key);
      let folding = false;
      try {
        if (record.unreadable !== undefined) throw record.unreadable.error;
        if (source.kind === "table") {
          const problem = this.#tables.get(source.name)!.take(source, serdes, key, record.value);
          if (problem !== undefined) onUndecodable(fetch, index, problem);
        } else if (refused?.has(topic, partition, record.offset) !== true) {
          if (record.value === null) throw new StreamsError("UNDECODABLE", "a tombstone on a topic of events");
          const value: unknown = serdes.decode(source.topic, record.value);
          checkRead(source.topic, record, value);
          const origin = { topic, partition, offset: record.offset };
          const { timestamp: time, headers } = record;
          if (!isEventTime(time)) throw badTime(time, "its time");
          if (time > latest + maxFutureMs) throw aheadOfTime(time, latest, maxFutureMs);
          if (scope === undefined) {
            if (time < now - streamsLimits.historyMs) this.#historyAt = at;
            if (time < this.#horizon) this.#horizon = time;
          }
          folding = true;
          const bytes = this.#folds.get(source.name)!;
          source.fold({ key, value, time, headers, origin }, bytes, (table) => this.#view(table), scope);
        }
      } catch (error) {
        if (scope === undefined || folding) onUndecodable(fetch, index, error);
      }
    }
  }

  /**
   * Lets folds forget what no task will ask for: nothing before `time`.
   * @returns false: not now, since history is coming in that no task has been asked about yet.
   */
  evict(time: number): boolean {
    const { now, at } = this.#options.arrival?.() ?? unbounded;
    const isBehind = time < now - streamsLimits.historyMs;
    if (!isBehind && at - this.#historyAt < streamsLimits.historyQuietMs) return false;
    for (const source of this.#options.sources) {
      if (source.kind === "fold") this.#evictFrom(source, time);
    }
    this.#horizon = time;
    return true;
  }

  #evictFrom(fold: GlobalFold<unknown>, time: number): void {
    fold.evict?.(time, this.#folds.get(fold.name)!, (table) => this.#view(table));
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closing = true;
    this.#wake();
    this.#pause.end();
    await this.#reader.close();
    await this.#filler.close();
    await this.#running;
    await this.#working;
    this.#schemas.givenUp();
    await this.#database.close();
  }
}

/** How far the topics of folds had been read for what the database holds. */
async function positionsIn(database: StateDatabase): Promise<Readonly<Record<string, number>>> {
  const entries = await database.range(POSITION, POSITION_END);
  const positions = entries.map(([key, value]) => [key.slice(POSITION.length), value] as const);
  return Object.fromEntries(
    positions.filter(([at]) => at.includes("/")).map(([at, value]) => [at, Number(Buffer.from(value).toString())]),
  );
}
