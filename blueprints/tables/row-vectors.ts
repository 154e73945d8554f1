import { vectorOf } from "../values/list-value.ts";
import { packedValue } from "./row-values.ts";
import type { PackedValues, RowVersions } from "./row-versions.ts";

/** Rows whose vectors were read lately. A row that changes is another array. */
const read = new Map<RowVersions, Map<string, readonly number[] | null>>();
const MOST_ROWS = 4_096;

/**
 * A vector among the values of a row. Null: there is none of that length. It lies there as the text of a JSON array, and
 * is read once while it is asked for often.
 */
export function packedVector(values: PackedValues, field: string, length: number): readonly number[] | null {
  const { row, from } = values;
  let vectors = read.get(row);
  if (vectors === undefined) {
    if (read.size >= MOST_ROWS) read.clear();
    read.set(row, (vectors = new Map()));
  }
  const at = `${from}/${length}/${field}`;
  let vector = vectors.get(at);
  if (vector === undefined) {
    vector = vectorOf(packedValue(values, Buffer.from(field)) ?? null, length) ?? null;
    vectors.set(at, vector);
  }
  return vector;
}
