import type { Scorer } from "./scorer.ts";

/** The vocabulary the trainer wrote into the model's file: by category feature, its values in the order of their codes. */
export function modelCategories({ metadata }: Pick<Scorer, "metadata">): Readonly<Record<string, readonly string[]>> {
  return JSON.parse(metadata["categories"] ?? "{}") as Record<string, string[]>;
}
