import type { Store } from "../operator.ts";

export interface HeldOptions<V> {
  readonly encode: (value: V) => Uint8Array;
  /** A value that is not held. */
  readonly read: (key: string) => V | undefined;
  /** Throws if the value has become too large. */
  readonly check: (key: string, value: V) => void;
  /** About those that a value has when it is encoded. */
  readonly bytesOf: (value: V) => number;
}

/** So many written values stay in memory as objects, the last used ones; more of them as long as they are small. */
const LEAST_KEPT = 16;
/** Encoded bytes of all that stay. As objects they take a few times as much. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** A change of one value, done once the batch is over. */
type Work = () => void;

/**
 * Values of a store that change again and again, held as objects: changed ones become bytes when a commit begins. A
 * change waits until its batch is over. So a failed batch needs no undo, and a value may be changed in place.
 */
export class HeldValues<V> implements Store<V> {
  readonly #options: HeldOptions<V>;
  /** The one used last at the end. `undefined`: it was deleted. */
  readonly #values = new Map<string, V | undefined>();
  readonly #changed = new Set<string>();
  /** Of the batch at work: the keys that it has deleted, and its changes. */
  readonly #deleted = new Set<string>();
  #work: Work[] = [];

  constructor(options: HeldOptions<V>) {
    this.#options = options;
  }

  /** Without the changes of the batch at work, but for its deletions. */
  get(key: string): V | undefined {
    return this.#deleted.has(key) ? undefined : this.#held(key);
  }

  #held(key: string): V | undefined {
    const held = this.#values.get(key);
    if (held !== undefined || this.#values.has(key)) return held;
    const value = this.#options.read(key);
    if (value !== undefined) this.#values.set(key, value);
    return value;
  }

  /** What was there is not read. */
  put(key: string, value: V): void {
    this.#options.check(key, value);
    this.#deleted.delete(key);
    this.#work.push(() => this.#set(key, value));
  }

  update(key: string, change: (value: V | undefined) => V): void {
    // Read while it can be. A fault in it concerns this batch.
    const value = this.#held(key);
    if (value !== undefined) this.#options.check(key, value);
    this.#deleted.delete(key);
    this.#work.push(() => this.#set(key, change(this.#values.get(key))));
  }

  delete(key: string): void {
    this.#deleted.add(key);
    this.#work.push(() => this.#set(key, undefined));
  }

  #set(key: string, value: V | undefined): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    this.#changed.add(key);
  }

  accept(): void {
    if (this.#work.length === 0) return;
    for (const work of this.#work) work();
    this.rollback();
  }

  rollback(): void {
    this.#work = [];
    this.#deleted.clear();
  }

  #bytesOf(value: V | undefined): number {
    return value === undefined ? 0 : this.#options.bytesOf(value);
  }

  /** The changes since the last call, as bytes; `null`: the value was deleted. */
  *takeChanges(): Iterable<readonly [key: string, bytes: Uint8Array | null]> {
    for (const key of this.#changed) {
      const value = this.#values.get(key);
      yield [key, value === undefined ? null : this.#options.encode(value)];
      if (value === undefined) this.#values.delete(key);
    }
    this.#changed.clear();
    if (this.#values.size <= LEAST_KEPT) return;
    let bytes = 0;
    for (const value of this.#values.values()) bytes += this.#bytesOf(value);
    for (const [key, value] of this.#values) {
      if (bytes <= KEPT_BYTES || this.#values.size <= LEAST_KEPT) break;
      bytes -= this.#bytesOf(value);
      this.#values.delete(key);
    }
  }
}
