import type { Categories } from "./categories.ts";
import type { FeatureColumn, FeatureVector } from "./layout.ts";

/** Writes one vector into `out[offset … offset + layout.length)`. Missing values and unknown categories become NaN. */
export type EncodeFeatures = (vector: Readonly<FeatureVector>, out: Float32Array, offset: number) => void;

/** Throws when a category column has no vocabulary: the model was trained for another blueprint. */
export function encodeFeatures(layout: readonly FeatureColumn[], categories: Categories): EncodeFeatures {
  const codes = layout.map((column) => {
    if (column.kind === "number") return null;
    const values = Object.hasOwn(categories, column.name) ? categories[column.name] : undefined;
    if (values === undefined) {
      throw new Error(
        `no vocabulary for category feature "${column.name}": use the categories that were saved with the model ` +
          `(it has ${Object.keys(categories).join(", ") || "none"})`,
      );
    }
    return new Map(values.map((value, code) => [value, code]));
  });
  return (vector, out, offset) => {
    for (let i = 0; i < codes.length; i++) {
      const value = vector[i];
      const known = codes[i] ?? null;
      if (typeof value === "number") out[offset + i] = known === null ? value : Number.NaN;
      else out[offset + i] = typeof value === "string" ? (known?.get(value) ?? Number.NaN) : Number.NaN;
    }
  };
}
