import { vectorOf } from "../values/list-value.ts";
import { packedValue } from "./row-values.ts";
import type { PackedValues, RowVersions } from "./row-versions.ts";

interface ReadVector {
  readonly from: number;
  readonly field: string;
  readonly length: number;
  readonly vector: readonly number[] | null;
}

/** Rows whose vectors were read lately. A row that changes is another array. */
const read = new Map<RowVersions, ReadVector[]>();
const MOST_ROWS = 32_768;
const MOST_NUMBERS = 1_000_000;
let numbers = 0;

/**
 * A vector among the values of a row. Null: there is none of that length. It lies there as the text of a JSON array, and
 * is read once while it is asked for often.
 */
export function packedVector(values: PackedValues, field: string, length: number): readonly number[] | null {
  const { row, from } = values;
  const vectors = read.get(row);
  if (vectors !== undefined)
    for (const known of vectors)
      if (known.from === from && known.length === length && known.field === field) return known.vector;
  const vector = vectorOf(packedValue(values, Buffer.from(field)) ?? null, length) ?? null;
  keep(row, { from, field, length, vector });
  return vector;
}

function keep(row: RowVersions, one: ReadVector): void {
  if (read.size >= MOST_ROWS || numbers + one.length > MOST_NUMBERS) {
    read.clear();
    numbers = 0;
  }
  numbers += one.length;
  const vectors = read.get(row);
  if (vectors === undefined) read.set(row, [one]);
  else vectors.push(one);
}
