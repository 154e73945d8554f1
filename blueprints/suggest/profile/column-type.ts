import type { ContextType } from "../../blueprint.ts";
import { BOUNDS } from "../../defaults.ts";
import type { ColumnShape } from "./column-shape.ts";
import type { ColumnProfile } from "./table-profile.ts";
import { many } from "../words.ts";

/** More categories than that are kept apart as keys: a model learns little of each. */
export const MOST_CATEGORIES = 200;
/** Of so many values nearly all must be different for a column to be an id. */
const [LEAST_IDS, ID_SHARE] = [100, 0.9];
/** Texts that are longer on average, with blanks, are texts for people. */
const LONG_TEXT = 40;

/** The type of a column, with its reason in words; or why it can't be used. */
export type ColumnType = { readonly type: ContextType; readonly why: string } | { readonly leftOut: string };

/** @param shape that of all files in which the column is read by its type */
export function columnType(profile: ColumnProfile, shape: ColumnShape): ColumnType {
  const { values } = profile.shape;
  const distinct = profile.distinct.size;
  if (values === 0) return { leftOut: "has no value in any line" };
  if (distinct === 1) return { leftOut: `has one value only: ${JSON.stringify(profile.distinct.frequent[0]![0])}` };
  if (shape.numbers === shape.values && shape.codes === 0) return { type: "number", why: profile.rangeText };
  if (shape.words === shape.values) return { type: "boolean", why: "" };
  if (shape.times === shape.values) return { type: "time", why: "" };
  if (shape.lists === shape.values) return listType(shape);
  if (shape.texts < shape.values) return { leftOut: "has values that are neither numbers nor texts" };
  if (values >= LEAST_IDS && distinct >= ID_SHARE * values)
    return { leftOut: `has a value of its own in nearly every line (${many(distinct, values)}): it is an id` };
  if (shape.sentences > shape.values / 2 && shape.characters > LONG_TEXT * shape.values)
    return { leftOut: "is a text: the feature `embed` makes vectors of it, with a table of word vectors" };
  const what = shape.codes > 0 && shape.numbers === shape.values ? "codes" : "texts";
  if (distinct > MOST_CATEGORIES) return { type: "key", why: `${many(distinct)} different ${what}` };
  return { type: "category", why: `${many(distinct)} different ${what}` };
}

function listType({ lists, vectors, length }: ColumnShape): ColumnType {
  const isVector = vectors === lists && typeof length === "number" && length >= 2;
  if (isVector && length <= BOUNDS.vector.max)
    return { type: `vector(${length})`, why: `lists of ${length} numbers each` };
  return { type: "list", why: "lists of categories" };
}
