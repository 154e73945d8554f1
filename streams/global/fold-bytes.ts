import type { Change, StateDatabase } from "../state/engine.ts";
import type { AgingBytes, Bytes, BytesView, GlobalFold, Series } from "../global-source.ts";
import { DiskBytes, LAST } from "./disk/disk-bytes.ts";
import { PartSizes } from "./disk/part-sizes.ts";
import { SeriesIndex } from "./series-index.ts";

/** Entries that are read from the database at once. */
const PAGE = 20_000;

export interface FoldBytesOptions {
  /** What parts in memory may take, approximately; bytes. Default: no bound. */
  readonly memoryBytes?: number | undefined;
  /** A part was moved to the disk, since memory was full. */
  readonly onMoved?: ((part: string, bytes: number) => void) | undefined;
}

/** Bytes by key, with the changes since the last write: in memory, and of some parts on disk alone. */
export class FoldBytes implements AgingBytes, BytesView {
  readonly warming = new Set<string>();
  remembersFrom = Number.NEGATIVE_INFINITY;
  holds: (part: string) => boolean = () => true;
  onQuestion: (part: string, time: number) => boolean = () => true;
  readonly onDisk: ReadonlySet<string>;
  readonly sizes: PartSizes;
  readonly #fold: Pick<GlobalFold<unknown>, "name" | "placeOf" | "parts">;
  readonly #options: FoldBytesOptions;
  readonly #prefix: string;
  readonly #content = new Map<string, Uint8Array>();
  readonly #changed = new Set<string>();
  readonly #index: SeriesIndex | undefined;
  readonly #disk: DiskBytes;
  readonly #partOf: (key: string) => string;
  /** Parts that may be on disk, so that what they take is counted. */
  readonly #counts: boolean;
  #dropped: string[] = [];

  static async load(
    fold: Pick<GlobalFold<unknown>, "name" | "placeOf" | "parts">,
    database: StateDatabase,
    options: FoldBytesOptions = {},
  ): Promise<FoldBytes> {
    const sizes = await PartSizes.load(fold.name, database);
    sizes.bring(options.memoryBytes ?? Number.POSITIVE_INFINITY);
    const bytes = new FoldBytes(fold, database, sizes, options);
    await bytes.#load(database);
    return bytes;
  }

  private constructor(
    fold: Pick<GlobalFold<unknown>, "name" | "placeOf" | "parts">,
    database: StateDatabase,
    sizes: PartSizes,
    options: FoldBytesOptions,
  ) {
    const { name, placeOf, parts } = fold;
    this.#fold = fold;
    this.#options = options;
    this.#prefix = `${name}\0`;
    this.#partOf = parts?.partOf ?? (() => "");
    this.#counts = parts?.disk !== undefined;
    this.#disk = new DiskBytes(database, this.#prefix);
    this.sizes = sizes;
    this.onDisk = sizes.onDisk;
    if (placeOf !== undefined) this.#index = new SeriesIndex(placeOf);
  }

  /** Reads what belongs into memory, in the order of the keys. */
  async #load(database: StateDatabase): Promise<void> {
    const { disk } = this.#fold.parts ?? {};
    let from = this.#prefix;
    for (;;) {
      const page = await database.range(from, this.#prefix + LAST, PAGE);
      for (const [full, value] of page) {
        const key = full.slice(this.#prefix.length);
        from = `${full}\0`;
        if (this.#counts && this.onDisk.has(this.#partOf(key))) {
          from = this.#prefix + disk!.prefixOf(this.#partOf(key)) + LAST;
          break;
        }
        this.#content.set(key, value);
        this.#index?.put(key, value);
        if (!this.#counts) continue;
        this.sizes.count(this.#partOf(key), key, undefined, value.length);
        this.bound();
      }
      if (page.length === 0) return;
    }
  }

  get(key: string): Uint8Array | undefined {
    if (this.onDisk.size > 0 && this.onDisk.has(this.#partOf(key))) return this.#disk.get(key);
    return this.#content.get(key);
  }

  put(key: string, value: Uint8Array): void {
    if (this.#counts) {
      const part = this.#partOf(key);
      this.sizes.count(part, key, this.get(key)?.length, value.length);
      if (this.onDisk.has(part)) return this.#disk.set(key, value);
    }
    this.#content.set(key, value);
    this.#changed.add(key);
    this.#index?.put(key, value);
  }

  delete(key: string): void {
    if (this.#counts) {
      const part = this.#partOf(key);
      const before = this.get(key);
      if (before === undefined) return;
      this.sizes.count(part, key, before.length, undefined);
      if (this.onDisk.has(part)) return this.#disk.set(key, null);
    }
    if (!this.#content.delete(key)) return;
    this.#changed.add(key);
    this.#index?.delete(key);
  }

  series(part: string, name: string): Series | undefined {
    return this.#index?.get(part, name);
  }

  /** Of parts in memory. */
  oldest(isOver: (part: string, number: number) => boolean): Iterable<string> {
    return this.#index?.oldest(isOver) ?? [];
  }

  /** Of a part on disk; these are all if there are few. Call it between writes. */
  oldestOnDisk(
    part: string,
    isOver: (part: string, number: number) => boolean,
  ): Promise<{ readonly keys: readonly string[]; readonly areAll: boolean }> {
    const { placeOf, parts } = this.#fold;
    return this.#disk.oldest(part, parts!.disk!, placeOf!, isOver);
  }

  remembers(part: string, time: number): boolean {
    return this.onQuestion(part, time);
  }

  /** Of parts in memory. */
  keys(): Iterable<string> {
    return this.#content.keys();
  }

  /** Keys of a part with their bytes. Call it once changes of a part on disk are written, and change nothing meanwhile. */
  async *entries(part: string): AsyncGenerator<readonly [key: string, value: Uint8Array]> {
    if (this.onDisk.has(part)) return yield* this.#disk.entries(this.#fold.parts!.disk!.prefixOf(part));
    for (const entry of this.#content) if (this.#partOf(entry[0]) === part) yield entry;
  }

  look<T>(work: () => T): T | Promise<T> {
    return this.readsBehind ? this.#disk.look(work) : work();
  }

  /** Some bytes can be read in the background only: within `look`. */
  get readsBehind(): boolean {
    return this.onDisk.size > 0 && this.#disk.readsBehind;
  }

  /** The same bytes, where changes are kept apart and are soon forgotten. */
  scratch(): Bytes {
    const changes = new Map<string, Uint8Array | null>();
    return {
      get: (key) => (changes.has(key) ? (changes.get(key) ?? undefined) : this.get(key)),
      put: (key, value) => {
        this.get(key);
        changes.set(key, value);
      },
      delete: (key) => {
        this.get(key);
        changes.set(key, null);
      },
      keys: () => this.keys(),
      holds: (part) => this.holds(part),
    };
  }

  /** Moves a part out of memory, if it is not on disk alone already. */
  moveToDisk(part: string, movedAt?: number): void {
    if (this.onDisk.has(part)) return;
    for (const key of this.#changed) {
      if (this.#partOf(key) !== part) continue;
      this.#changed.delete(key);
      this.#disk.set(key, this.#content.get(key) ?? null);
    }
    for (const key of this.#content.keys()) if (this.#partOf(key) === part) this.#content.delete(key);
    this.#index?.deletePart(part);
    this.sizes.move(part, movedAt);
  }

  /** Moves the largest parts to the disk while memory is full. */
  bound(): void {
    const { memoryBytes = Number.POSITIVE_INFINITY, onMoved } = this.#options;
    while (this.sizes.memoryBytes > memoryBytes) {
      const before = this.sizes.memoryBytes;
      const part = this.sizes.largest();
      if (part === undefined) return;
      this.moveToDisk(part, memoryBytes);
      onMoved?.(part, before - this.sizes.memoryBytes);
    }
  }

  /** Forgets a part with all its bytes. */
  forget(part: string): void {
    if (this.onDisk.has(part)) {
      this.#disk.forgetChanges((key) => this.#partOf(key) === part);
      this.#dropped.push(this.#fold.parts!.disk!.prefixOf(part));
    }
    this.sizes.forget(part);
  }

  takeChanges(): readonly Change[] {
    const changes = [...this.#changed].map((key): Change => [this.#prefix + key, this.#content.get(key) ?? null]);
    this.#changed.clear();
    changes.push(...this.#disk.takeChanges(), ...this.sizes.takeChanges());
    return changes;
  }

  /** The changes taken last are stored. */
  async written(): Promise<void> {
    this.#disk.written();
    for (const prefix of this.#dropped.splice(0)) await this.#disk.deleteAll(prefix);
  }
}
