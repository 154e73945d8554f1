import { textOf } from "../bytes.ts";
import type { Backbone, Fetch, PartitionOffsets, Position, Reader } from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import type { GlobalView } from "../operator.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { Change, StateDatabase, StateEngine } from "../state/engine.ts";
import { FoldBytes } from "./fold-bytes.ts";
import type { GlobalFold, GlobalSource, GlobalTable } from "./global-source.ts";
import { TableContent } from "./table-content.ts";

const POSITION = "\u0001";
const DATABASE = "globals";

export interface GlobalFeedOptions {
  readonly backbone: Pick<Backbone, "offsets" | "reader">;
  readonly serdes: Serdes;
  readonly engine: StateEngine;
  readonly sources: readonly GlobalSource[];
  /** Called with what can't be read; the feed goes on. */
  readonly onUndecodable: (fetch: Fetch, index: number, error: unknown) => void;
}

/**
 * Reads every partition of the globals' topics, ahead of and beside the tasks. Tables are read from the start of their
 * topic and live in memory; folds are kept on disk with the offsets they stand for. Tables are always ahead of folds.
 */
export class GlobalFeed {
  readonly #options: GlobalFeedOptions;
  readonly #tables = new Map<string, TableContent>();
  readonly #folds = new Map<string, FoldBytes>();
  readonly #next = new Map<string, number>();
  readonly #database: StateDatabase;
  readonly #reader: Reader;
  #waiters: (() => void)[] = [];
  #closing = false;
  #running: Promise<void> | undefined;
  #failure: unknown;

  static async open(options: GlobalFeedOptions): Promise<GlobalFeed> {
    const { backbone, engine, sources } = options;
    const database = await engine.open(DATABASE);
    const positions: Position[] = [];
    for (const { topic, partition, start } of await backbone.offsets([...new Set(sources.map((s) => s.topic.name))])) {
      const folded = sources.some((source) => source.kind === "fold" && source.topic.name === topic);
      const [stored] = folded ? await database.getMany([`${POSITION}${topic}/${partition}`]) : [];
      const offset = stored === undefined ? start : Number(Buffer.from(stored).toString());
      positions.push({ topic, partition, offset });
    }
    const feed = new GlobalFeed(options, database, await backbone.reader(positions), positions);
    for (const source of sources) {
      if (source.kind === "table") feed.#tables.set(source.name, new TableContent());
      else feed.#folds.set(source.name, await FoldBytes.load(source.name, database));
    }
    return feed;
  }

  private constructor(
    options: GlobalFeedOptions,
    database: StateDatabase,
    reader: Reader,
    positions: readonly Position[],
  ) {
    this.#options = options;
    this.#database = database;
    this.#reader = reader;
    for (const { topic, partition, offset } of positions) this.#next.set(`${topic}/${partition}`, offset);
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

  /** Resolves once the tables hold everything that was there at the call; folds and tables are then read side by side. */
  async start(): Promise<void> {
    const { backbone, sources } = this.#options;
    const folded = sources.filter(({ kind }) => kind === "fold").map(({ topic }) => topic.name);
    const foldPartitions = (await backbone.offsets([...new Set(folded)])).map(({ topic, partition }) => ({
      topic,
      partition,
    }));
    const tables = [...new Set(sources.filter(({ kind }) => kind === "table").map(({ topic }) => topic.name))];
    this.#reader.pause(foldPartitions);
    this.#running = this.#run();
    await this.reached(await backbone.offsets(tables));
    this.#reader.resume(foldPartitions);
  }

  /** Resolves once everything before these ends has been read; rejects when the feed has failed. */
  async reached(ends: readonly PartitionOffsets[]): Promise<void> {
    while (!this.isAt(ends)) {
      if (this.#closing) throw new StreamsError("CLOSED", "the globals are closed");
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  isAt(ends: readonly PartitionOffsets[]): boolean {
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
        const fetches = await this.#reader.poll(200);
        await this.#apply(fetches);
        this.#wake();
      }
    } catch (error) {
      this.#failure = error;
      this.#wake();
    }
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  async #apply(fetches: readonly Fetch[]): Promise<void> {
    for (const kind of ["table", "fold"] as const) {
      for (const source of this.#options.sources) {
        if (source.kind !== kind) continue;
        for (const fetch of fetches) if (fetch.topic === source.topic.name) await this.#applyTo(source, fetch);
      }
    }
    const changes: Change[] = [...this.#folds.values()].flatMap((bytes) => bytes.takeChanges());
    for (const { topic, partition, records } of fetches) {
      const next = records.at(-1)!.offset + 1;
      this.#next.set(`${topic}/${partition}`, next);
      changes.push([`${POSITION}${topic}/${partition}`, Buffer.from(String(next))]);
    }
    if (changes.length > 0) await this.#database.write(changes);
  }

  async #applyTo(source: GlobalSource, fetch: Fetch): Promise<void> {
    const { serdes, onUndecodable } = this.#options;
    const { topic, partition } = fetch;
    for (const [index, record] of fetch.records.entries()) {
      const key = textOf(record.key);
      try {
        if (record.value === null) {
          if (source.kind === "table") this.#tables.get(source.name)!.delete(key);
          continue;
        }
        if (!serdes.knows(record.value)) await serdes.learn(record.value);
        const value: unknown = serdes.decode(source.topic, record.value);
        if (source.kind === "table") {
          this.#tables.get(source.name)!.set(key, value);
        } else {
          const origin = { topic, partition, offset: record.offset };
          const { timestamp: time, headers } = record;
          source.fold({ key, value, time, headers, origin }, this.#folds.get(source.name)!, (table) =>
            this.#view(table),
          );
        }
      } catch (error) {
        if (error instanceof StreamsError && error.flags.retry) throw error;
        onUndecodable(fetch, index, error);
      }
    }
  }

  /** Lets folds forget what no task will ask for: nothing before `time`. */
  evict(time: number): void {
    for (const source of this.#options.sources) {
      if (source.kind === "fold") this.#evictFrom(source, time);
    }
  }

  #evictFrom(fold: GlobalFold<unknown>, time: number): void {
    fold.evict?.(time, this.#folds.get(fold.name)!, (table) => this.#view(table));
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#reader.close();
    await this.#running;
    this.#wake();
    await this.#database.close();
  }
}
