import { check, type Library, withScratch, word, XgboostError } from "./library.ts";
import { createMatrix, freeMatrix } from "./matrix.ts";
import { predictMatrix } from "./predict-matrix.ts";

/** A trained model inside the library. Its memory is held until `free`. */
export class Booster {
  readonly columns: number;
  /** Rounds that count: it may have been trained for more, until nothing was gained any more. */
  rounds = 0;
  readonly #library: Library;
  #handle: number;

  constructor(library: Library, handle: number, columns: number) {
    this.#library = library;
    this.#handle = handle;
    this.columns = columns;
  }

  /**
   * Predictions on the scale of the labels: probabilities for `binary:logistic`, values for `reg:squarederror`.
   *
   * @param features rows × columns float32, row-major, NaN = missing
   * @returns one float32 a row (rows × outputs for an objective with several outputs)
   */
  predict(features: Float32Array, rows: number): Float32Array {
    const handle = this.#live("predict");
    const library = this.#library;
    const matrix = createMatrix(library, features, rows, this.columns);
    try {
      return predictMatrix(library, handle, matrix, { type: 0, from: 0, to: 0 });
    } finally {
      freeMatrix(library, matrix);
    }
  }

  /** The model as XGBoost's JSON: any XGBoost of this version or a later one loads it. Same model, same text. */
  toJson(): string {
    const handle = this.#live("save");
    const library = this.#library;
    return withScratch(library, (scratch) => {
      const length = scratch.words(2);
      const data = scratch.words(1);
      const config = scratch.text('{"format":"json"}');
      check(library, "save", library._XGBoosterSaveModelToBuffer(handle, config, length, data));
      const start = word(library, data);
      return new TextDecoder().decode(library.HEAPU8.subarray(start, start + word(library, length)));
    });
  }

  /** Gives the memory back. A second call does nothing; any other use afterwards throws. */
  free(): void {
    if (this.#handle === 0) return;
    const handle = this.#handle;
    this.#handle = 0;
    check(this.#library, "free booster", this.#library._XGBoosterFree(handle));
  }

  #live(operation: string): number {
    if (this.#handle === 0) throw new XgboostError(operation, "this booster was freed; predict and save before free()");
    return this.#handle;
  }
}
