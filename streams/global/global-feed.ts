import type { Fetch, PartitionOffsets, Reader } from "../backbone/backbone.ts";
import { LastingReader } from "../backbone/lasting-reader.ts";
import { StreamsError } from "../errors.ts";
import type { InsistOptions } from "../insist.ts";
import { silent } from "../log.ts";
import { Outages, type Outage } from "../outage.ts";
import { partsMoved } from "./parts-moved.ts";
import { Pause } from "../pause.ts";
import { nothingRefused } from "../refused.ts";
import type { StateDatabase } from "../state/engine.ts";
import { openState } from "../state/open-state.ts";
import { unbounded } from "../task/arrival.ts";
import type { FormerFeed, GlobalFeedOptions } from "./feed-options.ts";
import { DiskSweep } from "./disk-sweep.ts";
import { FeedPositions } from "./feed-positions.ts";
import { settleStart, type FeedStart } from "./feed-start.ts";
import { positionsIn } from "./feed-store.ts";
import { FeedWrites } from "./feed-writes.ts";
import { FoldParts } from "./fold-parts.ts";
import { Forgetting } from "./forgetting.ts";
import { GlobalContent } from "./global-content.ts";
import { Horizon } from "./horizon.ts";
import { learnSchemas } from "./learn-schemas.ts";
import { PartFiller } from "./part-filler.ts";
import { TableContent } from "./table-content.ts";
import { Waiters } from "./waiters.ts";
import { hasCode } from "../coded-error.ts";

const DATABASE = "globals";
const POLL_MS = 200;

/**
 * Reads every partition of the globals' topics, ahead of and beside the tasks. Tables are read from the start of their
 * topic and live in memory. Folds are kept on disk with their offsets. Tables are always ahead of folds.
 */
export class GlobalFeed implements FormerFeed {
  readonly topics: readonly string[];
  readonly #options: GlobalFeedOptions;
  readonly #database: StateDatabase;
  readonly #content: GlobalContent;
  readonly #parts: FoldParts;
  readonly #forgetting: Forgetting;
  readonly #filler: PartFiller;
  readonly #sweep: DiskSweep;
  readonly #writes: FeedWrites;
  readonly #reader: Reader;
  readonly #positions: FeedPositions;
  /** Of the topics, if they have any. */
  readonly #ids: Readonly<Record<string, string>>;
  /** Tables that know more than is on their topics. */
  readonly #kept = new Set<string>();
  readonly #waiters = new Waiters();
  #closing = false;
  #closed: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #log: Outage;
  /** Of the registry, for a schema that a record was written with. */
  readonly #schemas: Outage;
  readonly #pause = new Pause();

  static async open(options: GlobalFeedOptions, again = false): Promise<GlobalFeed> {
    const { engine, backbone, log = silent } = options;
    const history = await backbone.history?.();
    const database = await openState({ engine, name: DATABASE, history, positionsIn, log });
    try {
      return await GlobalFeed.#openOver(database, options);
    } catch (error) {
      // It could not be opened again otherwise.
      await database.close();
      // A part found corrupt while it was read is made again, like one that can't be opened.
      if (!again && hasCode(error, "STATE_CORRUPT")) return GlobalFeed.open(options, true);
      throw error;
    }
  }

  static async #openOver(database: StateDatabase, options: GlobalFeedOptions): Promise<GlobalFeed> {
    const { backbone, sources, former, onMove, onTableLost } = options;
    const start = await settleStart(database, backbone, sources, onMove);
    const outages = options.outages ?? new Outages();
    const log = outages.of("globals");
    const reader = await LastingReader.open(backbone, start.positions, log);
    const waits = [log, outages.of("schemas of globals"), outages.of("filling of globals")] as const;
    const feed = new GlobalFeed(options, database, reader, start, await Horizon.load(database), waits);
    if (start.anew.size > 0) feed.#content.refused = await options.refused?.([...start.anew]);
    for (const source of sources) {
      const { name } = source.topic;
      if (source.kind === "fold") {
        await feed.#parts.load(source, database, start.moved);
        continue;
      }
      const kept = former?.kept(source.name, name, start.ids[name]);
      if (kept !== undefined) feed.#kept.add(source.name);
      if (start.lost.has(name)) onTableLost?.(name, kept !== undefined);
      feed.#content.tables.set(source.name, kept ?? new TableContent());
    }
    return feed;
  }

  private constructor(
    options: GlobalFeedOptions,
    database: StateDatabase,
    reader: Reader,
    { positions, starts, ids }: FeedStart,
    horizon: Horizon,
    [log, schemas, filling]: readonly [Outage, Outage, Outage],
  ) {
    const { sources, serdes, onUndecodable, arrival = () => unbounded } = options;
    this.topics = [...new Set(sources.map(({ topic }) => topic.name))];
    this.#options = options;
    this.#database = database;
    this.#reader = reader;
    this.#ids = ids;
    [this.#log, this.#schemas] = [log, schemas];
    const at = (this.#positions = new FeedPositions(positions, starts, options.metrics));
    const content = (this.#content = new GlobalContent({ sources, serdes, horizon, arrival, onUndecodable }));
    this.#parts = new FoldParts({
      ...{ content, horizon, positions: at, memoryBytes: options.foldBytes, onMoved: partsMoved(options) },
      onLoaded: (parted) => this.#forgetting.watch(parted),
      onForgotten: (part) => this.#filler.forget(part),
    });
    const { folds } = this.#parts;
    const fail = (error: unknown): void => this.#fail(error);
    const store = (work: () => void | Promise<void>): Promise<void> => this.#writes.store(work);
    const sweep = (this.#sweep = new DiskSweep({ content, folds, store, pause: this.#pause, onFailure: fail }));
    this.#forgetting = new Forgetting({
      ...{ sweep, content, horizon, folds, arrival, positions: at, metrics: options.metrics },
      // Records are read again that were asked for after they were forgotten.
      onAsked: () => void store(() => this.#forgetting.recall()).then(() => this.#filler.wake(), fail),
    });
    const insisting = this.#insisting(log);
    this.#writes = new FeedWrites({
      ...{ database, content, folds, horizon, insisting, positions: at, onRead: options.onRead },
      onWritten: () => this.#parts.show(options.metrics),
    });
    this.#filler = new PartFiller({
      ...{ folds, backbone: options.backbone },
      learn: (fetches) => this.#learn(fetches),
      fold: (fold, fetch, scope, refused) => content.apply(fold, fetch, scope, refused),
      ...{ store, onFailure: fail },
      refused: options.refused ?? (async () => nothingRefused),
      onChange: () => this.#waiters.wake(),
      prepare: (fetches, scope) => content.prepare(fetches, scope),
      log: options.log ?? silent,
      outage: filling,
      metrics: options.metrics,
    });
  }

  kept(table: string, topic: string, topicId: string | undefined): TableContent | undefined {
    const id = this.#ids[topic];
    const another = id !== undefined && topicId !== undefined && id !== topicId;
    return another || this.#kept.has(table) ? this.#content.tables.get(table) : undefined;
  }

  /** Views by name, as operators see them. */
  views(): Readonly<Record<string, unknown>> {
    return this.#content.views();
  }

  /**
   * Resolves once tables and folds hold everything that was there at the call, and the needed parts of folds are
   * filled. Folds are read after the tables; from then on both are read side by side.
   */
  async start(): Promise<void> {
    const { backbone, sources } = this.#options;
    const topicsOf = (of: string): readonly string[] => [
      ...new Set(sources.filter(({ kind }) => kind === of).map(({ topic }) => topic.name)),
    ];
    const [tables, folded] = [topicsOf("table"), topicsOf("fold")];
    const foldPartitions = await backbone.offsets(folded);
    this.#reader.pause(foldPartitions);
    this.#positions.show(this.topics);
    this.#running = this.#run();
    await this.reached(await backbone.offsets(tables));
    await this.#writes.store(() => this.#parts.settle());
    this.#filler.hurry = true;
    this.#filler.wake();
    this.#reader.resume(foldPartitions);
    await this.#until(await backbone.offsets(folded), () => this.#parts.lacksNeeded);
    this.#filler.hurry = false;
  }

  /** Records that are still to be read for parts of folds that are not filled. */
  get leftToFill(): number {
    return this.#filler.left;
  }

  /** The next offset to read of a topic's partition; `undefined`: it is of no global. */
  next(topic: string, partition: number): number | undefined {
    return this.#positions.next(topic, partition);
  }

  /**
   * Resolves once everything before these ends has been read, and is counted in every part. Rejects when the feed has
   * failed.
   */
  reached(ends: readonly PartitionOffsets[]): Promise<void> {
    return this.#until(ends, () => ends.some(({ topic }) => this.#filler.isFilling(topic)));
  }

  /** @param lacks what else has to come. */
  #until(ends: readonly PartitionOffsets[], lacks: () => boolean): Promise<void> {
    const isThere = (): boolean => this.#positions.isAt(ends) && !lacks();
    return this.#waiters.until(isThere, () => {
      if (this.#closing) throw new StreamsError("CLOSED", "the globals are closed");
      this.check();
    });
  }

  /** The log or the registry can't be read at the moment: globals stand still until it is over. */
  get lasting(): boolean {
    return this.#log.lasting || this.#schemas.lasting;
  }

  /** The log can't be read at the moment. */
  get unreadable(): boolean {
    return this.#log.lasting;
  }

  /** Throws the error that ended the feed, if any: the globals then stand still. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  isAt(ends: readonly PartitionOffsets[]): boolean {
    return this.#positions.isAt(ends) && !ends.some(({ topic }) => this.#filler.isFilling(topic));
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closing) {
        const fetches = await this.#reader.poll(POLL_MS);
        await this.#learn(fetches);
        if (this.#closing) return;
        await this.#apply(fetches);
        this.#waiters.wake();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#closing || this.#failure !== undefined) return;
    this.#failure = { error };
    this.#waiters.wake();
    this.#options.onFailure?.(error);
  }

  #learn(fetches: readonly Fetch[]): Promise<void> {
    return learnSchemas(fetches, this.#options.serdes, this.#insisting(this.#schemas));
  }

  #insisting(outage: Outage): InsistOptions {
    return { outage, pause: this.#pause, isClosing: () => this.#closing };
  }

  async #apply(fetches: readonly Fetch[]): Promise<void> {
    const fold = (): void => {
      this.#content.applyAll("fold", fetches);
      this.#positions.pass(fetches);
    };
    await this.#writes.store(() => {
      this.#content.applyAll("table", fetches);
      this.#parts.settleAgain();
      const preparing = this.#content.prepare(fetches);
      if (preparing === undefined) return fold();
      return preparing.then(fold);
    }, fetches);
    this.#positions.show(new Set(fetches.map(({ topic }) => topic)));
    this.#filler.wake();
  }

  /**
   * Lets folds forget content that no task past `time`, ms, will need.
   * @returns false: not now, since history is coming in that no task has asked about yet, or one asked a moment ago.
   */
  evict(time: number): boolean {
    return this.#forgetting.evict(time);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closing = true;
    this.#waiters.wake();
    this.#pause.end();
    await this.#reader.close();
    await this.#filler.close();
    await this.#running;
    await this.#sweep.close();
    await this.#writes.settled();
    this.#schemas.givenUp();
    await this.#database.close();
  }
}
