import type { Change, StateDatabase } from "../state/engine.ts";
import type { AgingBytes, BytesView, GlobalFold, Series } from "../global-source.ts";
import { SeriesIndex } from "./series-index.ts";

/** Bytes by key in memory, with the changes since the last write. */
export class FoldBytes implements AgingBytes, BytesView {
  readonly warming = new Set<string>();
  remembersFrom = Number.NEGATIVE_INFINITY;
  onQuestion: (part: string, time: number) => boolean = () => true;
  readonly #prefix: string;
  readonly #content: Map<string, Uint8Array>;
  readonly #changed = new Set<string>();
  readonly #index: SeriesIndex | undefined;

  static async load(
    { name, placeOf }: Pick<GlobalFold<unknown>, "name" | "placeOf">,
    database: StateDatabase,
  ): Promise<FoldBytes> {
    const prefix = `${name}\0`;
    const stored = await database.range(prefix, `${name}\u0001`);
    return new FoldBytes(prefix, new Map(stored.map(([key, value]) => [key.slice(prefix.length), value])), placeOf);
  }

  private constructor(prefix: string, content: Map<string, Uint8Array>, placeOf: GlobalFold<unknown>["placeOf"]) {
    this.#prefix = prefix;
    this.#content = content;
    if (placeOf === undefined) return;
    this.#index = new SeriesIndex(placeOf);
    for (const [key, value] of content) this.#index.put(key, value);
  }

  get(key: string): Uint8Array | undefined {
    return this.#content.get(key);
  }

  put(key: string, value: Uint8Array): void {
    this.#content.set(key, value);
    this.#changed.add(key);
    this.#index?.put(key, value);
  }

  delete(key: string): void {
    if (!this.#content.delete(key)) return;
    this.#changed.add(key);
    this.#index?.delete(key);
  }

  series(part: string, name: string): Series | undefined {
    return this.#index?.get(part, name);
  }

  oldest(isOver: (part: string, number: number) => boolean): Iterable<string> {
    return this.#index?.oldest(isOver) ?? [];
  }

  remembers(part: string, time: number): boolean {
    return this.onQuestion(part, time);
  }

  keys(): Iterable<string> {
    return this.#content.keys();
  }

  takeChanges(): readonly Change[] {
    const changes = [...this.#changed].map((key): Change => [this.#prefix + key, this.#content.get(key) ?? null]);
    this.#changed.clear();
    return changes;
  }
}
