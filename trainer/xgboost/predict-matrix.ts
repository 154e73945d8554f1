import { check, type Library, withScratch, word } from "./library.ts";

/** What is predicted. */
export interface Predicted {
  /** 0: on the scale of the labels; 1: margins; 2: what each column adds to the margin, and behind the last one the base. */
  readonly type: 0 | 1 | 2;
  /** The rounds whose trees are asked, from the first one up to, and without, the last; 0 and 0: all. */
  readonly from: number;
  readonly to: number;
}

/**
 * Predictions of a booster for a matrix of the library.
 *
 * @param booster its handle
 * @returns one float32 a row (rows × outputs for an objective with several outputs)
 */
export function predictMatrix(
  library: Library,
  booster: number,
  matrix: number,
  { type, from, to }: Predicted,
): Float32Array {
  return withScratch(library, (scratch) => {
    const config = scratch.text(
      `{"type":${type},"training":false,"iteration_begin":${from},"iteration_end":${to},"strict_shape":true}`,
    );
    const out = scratch.words(6);
    const shape = out;
    const dimensions = out + 8;
    const result = out + 16;
    check(library, "predict", library._XGBoosterPredictFromDMatrix(booster, matrix, config, shape, dimensions, result));
    // The shape is a row of 64-bit numbers; no length here needs the upper half.
    let length = 1;
    for (let axis = 0; axis < word(library, dimensions); axis++) {
      length *= word(library, word(library, shape) + axis * 8);
    }
    const start = word(library, result) >>> 2;
    return library.HEAPF32.slice(start, start + length);
  });
}
