import { partitionOf, partitionOfText } from "../backbone/partitioner.ts";
import { FOREIGN, type InputOptions, type Queued } from "./input.ts";

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

/** The records of a run that belong to its task. */
export const ownOf = (run: readonly Queued[]): readonly Queued[] => run.filter(({ value }) => value !== FOREIGN);

/** The records of a run that belong to other tasks, up to the first one that waits for another attempt. */
export const foreignOf = (run: readonly Queued[], waiting?: Queued): readonly Queued[] =>
  run.filter((record) => record.value === FOREIGN && (waiting === undefined || isBefore(record, waiting)));

/** The records of a run from one of them on. */
export const from = (run: readonly Queued[], first: Queued): readonly Queued[] =>
  run.filter((record) => !isBefore(record, first));

const isBefore = (one: Queued, other: Queued): boolean => one.origin.offset < other.origin.offset;
