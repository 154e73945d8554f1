import type { FeatureColumn, FeatureVector } from "../../blueprints/index.ts";

/** Feature name → its values, sorted by code units; a value's index is its code in a model. */
export type Categories = Readonly<Record<string, readonly string[]>>;

/** The distinct values of every category column. Independent of the vectors' order. */
export function learnCategories(
  layout: readonly FeatureColumn[],
  vectors: Iterable<Readonly<FeatureVector>>,
): Categories {
  const columns = layout.filter((column) => column.kind === "category");
  const values = columns.map(() => new Set<string>());
  for (const vector of vectors) {
    for (const [at, column] of columns.entries()) {
      const value = vector[column.index];
      if (typeof value === "string") values[at]?.add(value);
    }
  }
  return Object.fromEntries(columns.map((column, at) => [column.name, [...(values[at] ?? [])].sort()]));
}
