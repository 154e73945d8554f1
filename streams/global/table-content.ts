import type { GlobalView } from "../operator.ts";

/** The newest value of each key. */
export class TableContent implements GlobalView<unknown> {
  readonly #content = new Map<string, unknown>();
  version = 0;

  get(key: string): unknown {
    return this.#content.get(key);
  }

  values(): Iterable<unknown> {
    return this.#content.values();
  }

  set(key: string, value: unknown): void {
    this.#content.set(key, value);
    this.version++;
  }

  delete(key: string): void {
    this.#content.delete(key);
    this.version++;
  }
}
