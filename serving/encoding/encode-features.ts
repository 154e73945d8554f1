import type { FeatureColumn, FeatureVector } from "../../blueprints/index.ts";
import { DomainError, recordLimits } from "../../schemas/index.ts";
import type { Categories } from "./categories.ts";

const { largestFeature } = recordLimits;

/**
 * Writes the columns of one vector into `out[offset … offset + columns.length)`, as float32. Missing values and unknown
 * categories become NaN; numbers beyond `largestFeature` become that. Only models see this: rows and decisions keep the
 * number.
 */
export interface EncodeFeatures {
  (vector: Readonly<FeatureVector>, out: Float32Array, offset: number): void;
  /** The number that it writes for a value of one of the columns. */
  readonly cell: (column: number, value: unknown) => number;
}

/**
 * @param columns of a layout, in the order in which they are written
 * @throws DomainError `BAD_MODEL` when a category column has no vocabulary: the model was trained for another blueprint
 */
export function encodeFeatures(columns: readonly FeatureColumn[], categories: Categories): EncodeFeatures {
  const slots = columns.map(({ index }) => index);
  const codes = columns.map((column) => {
    if (column.kind === "number") return null;
    const values = Object.hasOwn(categories, column.name) ? categories[column.name] : undefined;
    if (values === undefined) {
      throw new DomainError(
        "BAD_MODEL",
        `no vocabulary for category feature "${column.name}": use the categories that were saved with the model ` +
          `(it has ${Object.keys(categories).join(", ") || "none"})`,
      );
    }
    return new Map(values.map((value, code) => [value, code]));
  });
  const cell = (column: number, value: unknown): number => {
    const known = codes[column] ?? null;
    if (typeof value === "number") return known === null ? within(value) : Number.NaN;
    return typeof value === "string" ? (known?.get(value) ?? Number.NaN) : Number.NaN;
  };
  const encode = (vector: Readonly<FeatureVector>, out: Float32Array, offset: number): void => {
    for (let i = 0; i < codes.length; i++) out[offset + i] = cell(i, vector[slots[i]!]);
  };
  return Object.assign(encode, { cell });
}

function within(value: number): number {
  if (value > largestFeature) return largestFeature;
  return value < -largestFeature ? -largestFeature : value;
}
