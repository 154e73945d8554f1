import type { Change, StateDatabase } from "../state/engine.ts";
import type { Bytes, BytesView } from "../global-source.ts";

/** Bytes by key in memory, with the changes since the last write. */
export class FoldBytes implements Bytes, BytesView {
  readonly warming = new Set<string>();
  remembersFrom = Number.NEGATIVE_INFINITY;
  onQuestion: (part: string, time: number) => boolean = () => true;
  readonly #prefix: string;
  readonly #content: Map<string, Uint8Array>;
  readonly #changed = new Set<string>();

  static async load(name: string, database: StateDatabase): Promise<FoldBytes> {
    const prefix = `${name}\0`;
    const stored = await database.range(prefix, `${name}\u0001`);
    return new FoldBytes(prefix, new Map(stored.map(([key, value]) => [key.slice(prefix.length), value])));
  }

  private constructor(prefix: string, content: Map<string, Uint8Array>) {
    this.#prefix = prefix;
    this.#content = content;
  }

  get(key: string): Uint8Array | undefined {
    return this.#content.get(key);
  }

  put(key: string, value: Uint8Array): void {
    this.#content.set(key, value);
    this.#changed.add(key);
  }

  delete(key: string): void {
    if (this.#content.delete(key)) this.#changed.add(key);
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
