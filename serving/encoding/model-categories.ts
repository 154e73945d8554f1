import type { Scorer } from "../scorer.ts";
import type { Categories } from "./categories.ts";

/** The vocabulary in the model's file, under the metadata's key `categories`; empty if the file has none. */
export function modelCategories({ metadata }: Pick<Scorer, "metadata">): Categories {
  return JSON.parse(metadata["categories"] ?? "{}") as Categories;
}
