import { partitionOf, partitionOfText } from "../backbone/partitioner.ts";
import type { InputOptions, Queued } from "./input.ts";

/** The partitions whose tasks keep the state of keys, as one of these tasks sees them. */
export class Homes {
  readonly #own: number;
  readonly #partitions: number;

  /** @param partitions over which the state is spread. */
  constructor(own: number, partitions: number) {
    this.#own = own;
    this.#partitions = partitions;
  }

  /** For the inputs: which records belong to another task. */
  get options(): Pick<InputOptions, "isForeign" | "isForeignText"> {
    return {
      isForeign: (key) => this.#ofBytes(key) !== this.#own,
      isForeignText: (key) => partitionOfText(key, this.#partitions) !== this.#own,
    };
  }

  /** @param named the value names the key. */
  of({ key, raw }: Queued, named: boolean): number {
    return named ? partitionOfText(key, this.#partitions) : this.#ofBytes(raw.key);
  }

  /** A record without a key stays, while its partition has a task. */
  #ofBytes(key: Uint8Array | null): number {
    return key === null ? this.#own % this.#partitions : partitionOf(key, this.#partitions);
  }
}
