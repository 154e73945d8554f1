import { checkpointChange, readCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { splitName } from "./keeper.ts";
import { MAX_RECORD_BYTES } from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import type { Store, StoreSpec } from "../operator.ts";
import type { Change, StateDatabase } from "./engine.ts";
import { BEHIND_LINES, endOf, FIRST_LINE, lineOf, timerKey, timerOf, type OperatorTimer } from "./timer-keys.ts";
import { HeldValues } from "./held-values.ts";
import { StoreSchemas, type StoreCodec } from "./store-schemas.ts";
import { checkFits, decoded } from "./store-values.ts";
import { TimerQueue } from "./timer-queue.ts";

/** A timer is its key. The value must not be empty: classic-level 3.0 never frees its copy of an empty value, 32 bytes for good with each timer. */
const present = Uint8Array.of(1);

/**
 * The stores and timers of one task over one database, behind a write buffer. Reads see the buffer first. Nothing
 * reaches the database before `flush`, so the database never runs ahead of a commit.
 */
export class TaskState {
  /** The engine can't be asked within a handler: `load` first. */
  readonly mustLoad: boolean;
  /** The keys of a batch of so many records are loaded before its handler runs. */
  readonly loadsFrom: number;
  readonly #database: StateDatabase;
  /** Values read by `load`, until the batch is over. */
  readonly #loaded = new Map<string, Uint8Array | undefined>();
  #buffer = new Map<string, Uint8Array | null>();
  /** Written before the buffer, and being committed: no longer to be undone, not yet in the database. */
  #frozen: ReadonlyMap<string, Uint8Array | null> | undefined;
  #undo: (readonly [string, Uint8Array | null | undefined])[] = [];
  /** Lines that had timers in the database when it was opened. */
  readonly #stored: ReadonlySet<string>;
  /** By line. */
  readonly #timers = new Map<string, TimerQueue>();
  readonly #schemas: StoreSchemas;
  /** By prefix of their keys. */
  readonly #held = new Map<string, HeldValues<unknown>>();
  #checkpoint: Checkpoint | undefined;

  static async open(database: StateDatabase): Promise<TaskState> {
    const checkpoint = await readCheckpoint(database);
    const schemas = await StoreSchemas.read(database, checkpoint === undefined);
    return new TaskState(database, checkpoint, await linesIn(database), schemas);
  }

  /** @param checkpoint what a new database has none of. @param lines those that have timers in it. */
  constructor(
    database: StateDatabase,
    checkpoint?: Checkpoint,
    lines: ReadonlySet<string> = new Set(),
    schemas = new StoreSchemas(checkpoint === undefined),
  ) {
    this.#schemas = schemas;
    this.#stored = lines;
    this.#database = database;
    this.mustLoad = database.get === undefined;
    this.loadsFrom = this.mustLoad ? 1 : (database.togetherFrom ?? Number.POSITIVE_INFINITY);
    this.#checkpoint = checkpoint;
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#checkpoint;
  }

  /** Timelines that had timers when the state was opened, whether or not its checkpoint knows how far they have come. */
  get linesAtOpening(): ReadonlySet<string> {
    return this.#stored;
  }

  /**
   * @param name operator, dot, store.
   * @param mostBytes largest record of the changelog. A larger value is refused with `RECORD_TOO_LARGE` when it is put.
   * Throws `STATE_UNREADABLE` if the store holds values of a schema that can't be read.
   */
  store<V>(name: string, spec: StoreSpec<V>, mostBytes: number = MAX_RECORD_BYTES): Store<V> {
    const prefix = `${name}\0`;
    const { codec, changes } = this.#schemas.codec(name, spec);
    for (const [key, value] of changes) this.#buffer.set(key, value);
    const get = (key: string): V | undefined => {
      const bytes = this.#get(prefix, key);
      return bytes === undefined ? undefined : decoded(codec, bytes, name, key);
    };
    if (spec.heldBytes !== undefined) return this.#heldStore(name, spec.heldBytes, { codec, read: get, mostBytes });
    const put = (key: string, value: V): void => {
      const full = prefix + key;
      const bytes = codec.encode(value);
      if (bytes.length + 3 * full.length > mostBytes) checkFits(name, key, full, bytes, mostBytes);
      this.#set(full, bytes);
    };
    return {
      get,
      put,
      delete: (key) => this.#set(prefix + key, null),
      update: (key, change) => put(key, change(get(key))),
    };
  }

  /** Asked for again it is the same one: only one may hold changes. */
  #heldStore<V>(
    name: string,
    bytesOf: (value: V) => number,
    { codec, read, mostBytes }: { codec: StoreCodec<V>; read: (key: string) => V | undefined; mostBytes: number },
  ): Store<V> {
    const prefix = `${name}\0`;
    const known = this.#held.get(prefix) as HeldValues<V> | undefined;
    if (known !== undefined) return known;
    const encode = (value: V): Uint8Array => codec.encode(value);
    const check = (key: string, value: V): void => {
      const full = prefix + key;
      if (bytesOf(value) + 3 * full.length <= mostBytes) return;
      checkFits(name, key, full, encode(value), Math.floor(mostBytes * FULL));
    };
    const held = new HeldValues<V>({ bytesOf, encode, read, check });
    this.#held.set(prefix, held as HeldValues<unknown>);
    return held;
  }

  #get(prefix: string, key: string): Uint8Array | undefined {
    const full = prefix + key;
    const buffered = this.#buffered(full);
    if (buffered !== undefined) return buffered ?? undefined;
    if (this.#loaded.size > 0) {
      const loaded = this.#loaded.get(full);
      if (loaded !== undefined || this.#loaded.has(full)) return loaded;
    }
    if (!this.mustLoad) return this.#database.get!(full);
    const [operator, store] = splitName(prefix.slice(0, -1));
    throw new StreamsError(
      "STATE_NOT_LOADED",
      `operator ${operator}: key ${key} of store ${store} is read but not named by the operator's \`reads\`; ` +
        `name it there, since this state engine can't read within a handler`,
    );
  }

  #buffered(full: string): Uint8Array | null | undefined {
    const value = this.#buffer.get(full);
    return value === undefined ? this.#frozen?.get(full) : value;
  }

  /** Makes keys known to the stores until `accept` or `rollback`. Needed where `mustLoad`; elsewhere it saves reading many one by one. */
  async load(keys: Iterable<readonly [store: string, key: string]>): Promise<void> {
    const wanted = new Set<string>();
    for (const [store, key] of keys) {
      const full = `${store}\0${key}`;
      if (this.#loaded.has(full) || this.#buffer.has(full)) continue;
      // A commit that ends before the handler reads would take it away.
      if (this.#frozen?.has(full) === true) this.#loaded.set(full, this.#frozen.get(full) ?? undefined);
      else wanted.add(full);
    }
    if (wanted.size === 0) return;
    const names = [...wanted];
    const values = await this.#database.getMany(names);
    for (const [at, name] of names.entries()) this.#loaded.set(name, values[at]);
  }

  #set(key: string, value: Uint8Array | null): void {
    this.#undo.push([key, this.#buffer.get(key)]);
    this.#buffer.set(key, value);
  }

  /** @param line the timeline whose time it waits for; empty: none. */
  schedule(operator: string, time: number, key: string, line = ""): void {
    const name = timerKey(line, operator, time, key);
    this.#set(name, present);
    this.#queue(line).add(name, time);
  }

  cancel(operator: string, time: number, key: string, line = ""): void {
    const name = timerKey(line, operator, time, key);
    this.#set(name, null);
    this.#queue(line).delete(name);
  }

  #queue(line: string): TimerQueue {
    let queue = this.#timers.get(line);
    if (queue === undefined) {
      const known = line !== "" && !this.#stored.has(line);
      this.#timers.set(line, (queue = new TimerQueue(line, this.#database, known)));
    }
    return queue;
  }

  /** Makes the timers of a line up to `time` known to `nextTimer`. */
  prepareTimers(time: number, line = ""): Promise<void> | undefined {
    const queue = this.#queue(line);
    if (time <= queue.horizon) return undefined;
    // The database is asked as of now: a commit that ends meanwhile must not hide what it did not have yet.
    return queue.prepare(time, this.#frozen ?? [], () => this.#buffer);
  }

  /** The earliest prepared timer of a line. */
  nextTimer(line = ""): OperatorTimer | undefined {
    return this.#queue(line).next();
  }

  /** When the earliest prepared timer of a line is due; infinite without one. */
  nextTime(line: string): number {
    return this.#queue(line).nextTime();
  }

  /** Takes the prepared timers of a line up to `time`, in order of time, operator and key. */
  takeTimers(time: number, line = ""): readonly OperatorTimer[] {
    const taken = this.#queue(line).take(time);
    for (const key of taken) this.#set(key, null);
    return taken.map(timerOf);
  }

  /** No timer of the line is left. */
  isDone(line: string): boolean {
    return this.#queue(line).isEmpty;
  }

  /** Nothing more is kept of a line that is done. */
  forgetLine(line: string): void {
    this.#timers.delete(line);
  }

  /** Keeps everything written since the last `accept`. */
  accept(): void {
    for (const held of this.#held.values()) held.accept();
    this.#undo = [];
    this.#loaded.clear();
  }

  /** Undoes everything written since the last `accept`. */
  rollback(): void {
    for (const [key, before] of this.#undo.reverse()) {
      if (before === undefined) this.#buffer.delete(key);
      else this.#buffer.set(key, before);
    }
    this.#undo = [];
    this.#loaded.clear();
    for (const held of this.#held.values()) held.rollback();
    for (const queue of this.#timers.values()) queue.reset();
  }

  /**
   * Everything written since the last call; between batches only. It stays readable, and later writes belong to the
   * next commit. Call `flush` afterwards, before the next call.
   */
  freeze(): readonly Change[] {
    if (this.#frozen !== undefined)
      throw new StreamsError("TRANSACTION_OPEN", "the changes before are not flushed yet");
    for (const [prefix, held] of this.#held) {
      for (const [key, bytes] of held.takeChanges()) this.#buffer.set(prefix + key, bytes);
    }
    this.#frozen = this.#buffer;
    this.#buffer = new Map();
    return [...this.#frozen];
  }

  /** Stores the frozen changes, or all, together with their checkpoint. Call it after their commit. */
  async flush(checkpoint: Checkpoint): Promise<void> {
    if (this.#frozen === undefined) this.freeze();
    await this.#database.write([...this.#frozen!, checkpointChange(checkpoint)]);
    this.#frozen = undefined;
    this.#checkpoint = checkpoint;
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

/**
 * A held value of this share of the limit is refused: the growth within a batch is seen only when the value is bytes.
 */
const FULL = 0.9;

async function linesIn(database: StateDatabase): Promise<ReadonlySet<string>> {
  const lines = new Set<string>();
  for (let from = FIRST_LINE; ;) {
    const [first] = await database.range(from, BEHIND_LINES, 1);
    if (first === undefined) return lines;
    const line = lineOf(first[0]);
    lines.add(line);
    from = endOf(line);
  }
}
