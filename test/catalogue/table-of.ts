import type { BlueprintPublished, ModelRecorded } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";

/** A table that a test changes: each `put` is one change, as a record on the topic is. */
export class Table<V> implements GlobalView<V> {
  readonly #content = new Map<string, V>();
  readonly unreadable = new Map<string, string>();
  readonly #keyOf: (value: V) => string;
  version = 0;

  constructor(keyOf: (value: V) => string, values: readonly V[]) {
    this.#keyOf = keyOf;
    for (const value of values) this.put(value);
  }

  get(key: string): V | undefined {
    return this.#content.get(key);
  }

  values(): Iterable<V> {
    return this.#content.values();
  }

  put(value: V): void {
    this.#content.set(this.#keyOf(value), value);
    this.version++;
  }
}

export const blueprintTableOf = (records: readonly BlueprintPublished[]): Table<BlueprintPublished> =>
  new Table(({ useCase, version }) => `${useCase}/${version}`, records);
export const modelTableOf = (records: readonly ModelRecorded[]): Table<ModelRecorded> =>
  new Table(({ useCase, modelId }) => `${useCase}/${modelId}`, records);
