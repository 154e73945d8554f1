/** Codes of one column, each with numbers of its own that are learnt. */
export interface Embedding {
  /** How many codes. */
  readonly codes: number;
  /** How many numbers each has. */
  readonly width: number;
}

/** Rows beside each other, and where the numbers of the first embedding are in each. */
interface Place {
  readonly values: Float32Array;
  /** Numbers a row. */
  readonly size: number;
  readonly first: number;
}

/**
 * Writes the numbers of the codes into rows.
 *
 * @param tables one an embedding: codes × width
 * @param codes rows × embeddings
 */
export function spreadCodes(
  embeddings: readonly Embedding[],
  tables: readonly Float32Array[],
  codes: Int32Array,
  rows: number,
  { values, size, first }: Place,
): void {
  let to = first;
  for (const [at, { width }] of embeddings.entries()) {
    const table = tables[at]!;
    for (let row = 0; row < rows; row++) {
      const from = codes[row * embeddings.length + at]! * width;
      for (let i = 0; i < width; i++) values[row * size + to + i] = table[from + i]!;
    }
    to += width;
  }
}

/** The other way: what stands in the rows is added up by code, in the order of the rows. `tables` are the sums. */
export function gatherCodes(
  embeddings: readonly Embedding[],
  tables: readonly Float32Array[],
  codes: Int32Array,
  rows: number,
  { values, size, first }: Place,
): void {
  let from = first;
  for (const [at, { width }] of embeddings.entries()) {
    const table = tables[at]!.fill(0);
    for (let row = 0; row < rows; row++) {
      const to = codes[row * embeddings.length + at]! * width;
      for (let i = 0; i < width; i++) table[to + i]! += values[row * size + from + i]!;
    }
    from += width;
  }
}
