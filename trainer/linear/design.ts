import { mixed } from "../mixed.ts";
import { knotsOf } from "./knots.ts";
import type { FitColumn } from "../learners/learner.ts";

/**
 * How a column of the features goes into the sum. Its values stand at places of one list of values, one after the other: for
 * a number the values at its knots and that of a missing number, for categories those of their groups and that of a missing one.
 */
export type Term =
  | {
      readonly kind: "number";
      readonly start: number;
      /** float32, ascending; none if the column has no value. */
      readonly knots: Float32Array;
      /** Stands for a missing value, beside the value that a missing one has of its own. */
      readonly fill: number;
      readonly missing: number;
    }
  | {
      readonly kind: "category";
      readonly start: number;
      /** For each category, the group that it is in. */
      readonly groups: Int32Array;
      readonly missing: number;
    };

/** Rows as places and shares: a row's sum is, over the terms, value[place] × (1 − share) + value[place + 1] × share, and value[missing] where it is missing. */
export interface Design {
  readonly terms: readonly Term[];
  /** Places of all terms. */
  readonly size: number;
  readonly rows: number;
  /** rows × terms */
  readonly places: Int32Array;
  readonly shares: Float64Array;
  /** 1 where a number is missing. */
  readonly missing: Uint8Array;
}

/** Places that the numbers share, and those that the categories do: the solver keeps a matrix of all pairs. */
const MOST_PLACES = 2048;
/** Of a category column: its most frequent categories have a place of their own, the others share a quarter of its places. */
const MOST_GROUPS = 256;
const LEAST_GROUPS = 16;

/**
 * @param features rows × columns float32, row-major, NaN = missing
 * @param bins pieces of each number's line; of many numbers they are fewer
 */
export function designOf(features: Float32Array, rows: number, inputs: readonly FitColumn[], bins: number): Design {
  const columns = inputs.length;
  const terms: Term[] = [];
  const places = new Int32Array(rows * columns);
  const shares = new Float64Array(rows * columns);
  const missing = new Uint8Array(rows * columns);
  const numbers = inputs.filter(({ categories }) => categories === undefined).length;
  const pieces = Math.max(1, Math.min(bins, Math.floor(MOST_PLACES / numbers)));
  const share = Math.floor(MOST_PLACES / (columns - numbers));
  const groups = Math.min(MOST_GROUPS, Math.max(LEAST_GROUPS, share));
  let size = 0;
  for (const [column, { categories }] of inputs.entries()) {
    const values = Float32Array.from({ length: rows }, (_, row) => features[row * columns + column]!);
    const term =
      categories === undefined ? numberTerm(values, size, pieces) : categoryTerm(values, size, categories, groups);
    terms.push(term);
    size = term.missing + 1;
    for (let row = 0; row < rows; row++) {
      const at = row * columns + column;
      const value = values[row]!;
      if (term.kind === "category") {
        places[at] = placeOf(term, value);
        continue;
      }
      const none = Number.isNaN(value);
      if (none) missing[at] = 1;
      const where = between(term.knots, none ? term.fill : value);
      places[at] = term.start + Math.floor(where);
      shares[at] = where - Math.floor(where);
    }
  }
  return { terms, size, rows, places, shares, missing };
}

/** A category that the column does not have is a missing one. */
function placeOf({ start, groups, missing }: Extract<Term, { kind: "category" }>, code: number): number {
  return code >= 0 && code < groups.length ? start + groups[code]! : missing;
}

function numberTerm(values: Float32Array, start: number, bins: number): Term {
  const known = values.filter((value) => !Number.isNaN(value));
  const knots = knotsOf(known, bins);
  const fill = known[Math.floor(known.length / 2)] ?? 0;
  return { kind: "number", start, knots, fill, missing: start + Math.max(1, knots.length) };
}

function categoryTerm(values: Float32Array, start: number, categories: number, most: number): Term {
  const shared = most >> 2;
  const own = categories <= most ? most : most - shared;
  const counts = new Int32Array(categories);
  for (const value of values) if (value >= 0 && value < categories) counts[value]!++;
  const byCount = Array.from(counts, (count, code) => ({ count, code })).sort(
    (a, b) => b.count - a.count || a.code - b.code,
  );
  const groups = new Int32Array(categories);
  for (const [rank, { code }] of byCount.entries()) groups[code] = rank < own ? rank : own + (mixed(code) % shared);
  return { kind: "category", start, groups, missing: start + Math.min(categories, most) };
}

/** The place among the knots, with its share of the way to the next one. Beyond the first and the last it stays there. */
function between(knots: Float32Array, value: number): number {
  const last = knots.length - 1;
  if (last < 1 || value <= knots[0]!) return 0;
  if (value >= knots[last]!) return last;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (knots[middle]! <= value) low = middle;
    else high = middle;
  }
  // Short of 1, which would be the next knot.
  return low + Math.min((value - knots[low]!) / (knots[high]! - knots[low]!), 1 - 2 ** -30);
}
