import type { Library } from "./library.ts";
import { createMatrix, freeMatrix } from "./matrix.ts";
import { predictMatrix } from "./predict-matrix.ts";

/** Rows that say when to stop; no tree is grown from them. */
export interface Validation {
  /** rows × columns float32, row-major; NaN = missing */
  readonly features: Float32Array;
  /** at least 1 */
  readonly rows: number;
  /** What each row's trees are added to, besides the margin before the first tree; absent: nothing. */
  readonly margins?: Float32Array | undefined;
  /** The mean loss of the rows by their margins: log odds, or values in the label's unit; of classes rows × classes. */
  readonly lossOf: (margins: Float32Array) => number;
  /** Rounds without a smaller loss after which the training ends. */
  readonly patience: number;
}

/** Follows the loss of validation rows over the rounds of a booster: each round costs one tree of them. */
export class EarlyStopping {
  /** Rounds after which the loss was smallest. */
  best = 0;
  readonly #library: Library;
  readonly #validation: Validation;
  readonly #matrix: number;
  #margins: Float32Array | undefined;
  #base: readonly number[] | undefined;
  #least = Number.POSITIVE_INFINITY;

  constructor(library: Library, validation: Validation, columns: number) {
    this.#library = library;
    this.#validation = validation;
    this.#matrix = createMatrix(library, validation.features, validation.rows, columns);
    this.#margins = validation.margins?.slice();
  }

  /**
   * After a round.
   *
   * @param booster its handle
   * @param round from 0
   * @param base the margins before the first tree, one an output, asked for once
   * @returns whether the training ends
   */
  isOver(booster: number, round: number, base: () => readonly number[]): boolean {
    const bases = (this.#base ??= base());
    const margins = (this.#margins ??= new Float32Array(this.#validation.rows * bases.length));
    const added = predictMatrix(this.#library, booster, this.#matrix, { type: 1, from: round, to: round + 1 });
    // Every answer begins with the base.
    for (let at = 0; at < margins.length; at++) {
      margins[at]! += added[at]! - (round === 0 ? 0 : bases[at % bases.length]!);
    }
    const loss = this.#validation.lossOf(margins);
    if (loss < this.#least) [this.#least, this.best] = [loss, round + 1];
    return round + 1 - this.best >= this.#validation.patience;
  }

  free(): void {
    freeMatrix(this.#library, this.#matrix);
  }
}
