import { check, type Library, withScratch, word, XgboostError } from "./library.ts";

/**
 * Copies a row-major table into a new matrix of the library and returns its handle.
 *
 * @param features rows × columns float32, NaN = missing
 * @throws XgboostError when the lengths disagree or a value is infinite
 */
export function createMatrix(library: Library, features: Float32Array, rows: number, columns: number): number {
  if (!(rows > 0) || !(columns > 0) || features.length !== rows * columns) {
    throw new XgboostError(
      "matrix",
      `${features.length} features are not ${rows} rows × ${columns} columns; pass a row-major table with at least one row`,
    );
  }
  return withScratch(library, (scratch) => {
    const out = scratch.words(1);
    const data = scratch.floats(features);
    const made = library._XGDMatrixCreateFromMat(data, BigInt(rows), BigInt(columns), NaN, out);
    check(library, "matrix", made);
    return word(library, out);
  });
}

/** Attaches one float32 a row to a matrix. */
export function setRowValues(
  library: Library,
  matrix: number,
  field: "label" | "weight" | "base_margin",
  values: Float32Array,
): void {
  withScratch(library, (scratch) => {
    const set = library._XGDMatrixSetFloatInfo(
      matrix,
      scratch.text(field),
      scratch.floats(values),
      BigInt(values.length),
    );
    check(library, field, set);
  });
}

export function freeMatrix(library: Library, matrix: number): void {
  check(library, "free matrix", library._XGDMatrixFree(matrix));
}
