import type { Change, StateDatabase } from "../../state/engine.ts";
import { sizeChange, sizesIn } from "../feed-store.ts";

/** Bytes of memory that an entry takes beside its own, approximately. */
export const ENTRY_BYTES = 640;

/** What a part takes. */
export interface PartSize {
  readonly place: "memory" | "disk";
  readonly entries: number;
  /** Of keys and values. */
  readonly bytes: number;
}

/** Entries and bytes of a fold's parts. Those of parts on disk are stored with them. */
export class PartSizes {
  readonly #fold: string;
  readonly #sizes = new Map<string, { entries: number; bytes: number; movedAt: number | undefined }>();
  readonly #onDisk = new Set<string>();
  readonly #changed = new Set<string>();
  /** Of parts in memory, with what entries take beside their own bytes. */
  #memoryBytes = 0;

  static async load(fold: string, database: StateDatabase): Promise<PartSizes> {
    const sizes = new PartSizes(fold);
    for (const [part, { entries, bytes, movedAt }] of await sizesIn(database, fold)) {
      sizes.#onDisk.add(part);
      sizes.#sizes.set(part, { entries, bytes, movedAt });
    }
    return sizes;
  }

  private constructor(fold: string) {
    this.#fold = fold;
  }

  get onDisk(): ReadonlySet<string> {
    return this.#onDisk;
  }

  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Of keys and values. */
  get diskBytes(): number {
    let sum = 0;
    for (const part of this.#onDisk) sum += this.#sizes.get(part)!.bytes;
    return sum;
  }

  all(): readonly (PartSize & { readonly part: string })[] {
    return [...this.#sizes].map(([part, { entries, bytes }]) => ({
      ...{ part, entries, bytes, place: this.#onDisk.has(part) ? "disk" : "memory" },
    }));
  }

  /** The part with the most bytes in memory. */
  largest(): string | undefined {
    let largest: string | undefined;
    let most = 0;
    for (const [part, size] of this.#sizes) {
      const bytes = memoryOf(size);
      if (this.#onDisk.has(part) || bytes <= most) continue;
      [largest, most] = [part, bytes];
    }
    return largest;
  }

  /** @param before bytes of the former value, `undefined`: there was none. @param after of the new one. */
  count(part: string, key: string, before: number | undefined, after: number | undefined): void {
    let size = this.#sizes.get(part);
    if (size === undefined) this.#sizes.set(part, (size = { entries: 0, bytes: 0, movedAt: undefined }));
    const former = memoryOf(size);
    const of = (bytes: number | undefined): number => (bytes === undefined ? 0 : bytes + key.length);
    size.entries += Number(after !== undefined) - Number(before !== undefined);
    size.bytes += of(after) - of(before);
    if (this.#onDisk.has(part)) this.#changed.add(part);
    else this.#memoryBytes += memoryOf(size) - former;
  }

  /** @param movedAt absent: it is wanted there. */
  move(part: string, movedAt?: number): void {
    const size = this.#sizes.get(part) ?? { entries: 0, bytes: 0, movedAt: undefined };
    if (!this.#onDisk.has(part)) this.#memoryBytes -= memoryOf(size);
    this.#sizes.set(part, { ...size, movedAt });
    this.#onDisk.add(part);
    this.#changed.add(part);
  }

  /** Parts that were moved when less memory was allowed are counted anew, in memory. */
  bring(bound: number): void {
    for (const [part, { movedAt }] of this.#sizes) if (movedAt !== undefined && movedAt < bound) this.forget(part);
  }

  forget(part: string): void {
    const size = this.#sizes.get(part);
    if (size === undefined) return;
    if (this.#onDisk.delete(part)) this.#changed.add(part);
    else this.#memoryBytes -= memoryOf(size);
    this.#sizes.delete(part);
  }

  takeChanges(): readonly Change[] {
    const changes = [...this.#changed].map((part) =>
      sizeChange(this.#fold, part, this.#onDisk.has(part) ? this.#sizes.get(part) : undefined),
    );
    this.#changed.clear();
    return changes;
  }
}

const memoryOf = ({ entries, bytes }: { readonly entries: number; readonly bytes: number }): number =>
  bytes + entries * ENTRY_BYTES;
