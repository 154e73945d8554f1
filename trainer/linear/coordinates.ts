import type { Design } from "./design.ts";
import type { Square } from "./quadratic.ts";

/**
 * What is fitted: the intercept, then for each number the rise from each knot to the next, and a value for each group of categories and for what is missing.
 * A penalty on rises draws a line's neighbouring values together. Rises are scaled, so that a straight line costs as much as a category that differs as
 * much as the line's ends, whatever the number of its knots. At the first knot a line is 0: the intercept has its height.
 */
export interface Coordinates {
  readonly size: number;
  /** Of each row. */
  sums(weights: Float64Array): Float64Array;
  /** Of a loss, from its slope by each row's sum. */
  gradient(slopes: Float64Array): Float64Array;
  /** Of a loss, from its curve by each row's sum. */
  hessian(curves: Float64Array): Square;
  expand(weights: Float64Array): { readonly intercept: number; readonly values: Float64Array };
}

export function coordinatesOf(design: Design): Coordinates {
  const { terms, size: places, rows } = design;
  const width = terms.length;
  /** Places whose value is a coordinate. Not: the first knot, and what no row or every row has. */
  const counts = new Float64Array(places);
  eachEntry(design, (_, place) => counts[place]!++);
  const free = Int32Array.from({ length: places }, (_, place) => place).filter((place) => {
    const term = terms.find(({ start, missing }) => place >= start && place <= missing)!;
    const some = counts[place]! > 0 && counts[place]! < rows;
    if (term.kind === "category" || place === term.missing) return some;
    return place > term.start;
  });
  const lines = terms.flatMap((term) =>
    term.kind === "number" ? [{ first: term.start, last: term.start + term.knots.length - 1 }] : [],
  );
  const size = free.length + 1;
  /** What a place's value changes by, for a coordinate of 1. */
  const scales = new Float64Array(places).fill(1);
  for (const { first, last } of lines) if (last > first) scales.fill(1 / Math.sqrt(last - first), first, last + 1);

  const expand: Coordinates["expand"] = (weights) => {
    const values = new Float64Array(places);
    for (const [at, place] of free.entries()) values[place] = weights[at + 1]! * scales[place]!;
    for (const { first, last } of lines) for (let at = first + 1; at <= last; at++) values[at]! += values[at - 1]!;
    return { intercept: weights[0]!, values };
  };

  return {
    size,
    expand,
    sums(weights) {
      const { intercept, values } = expand(weights);
      const sums = new Float64Array(rows).fill(intercept);
      eachEntry(design, (row, place, share) => (sums[row]! += share * values[place]!));
      return sums;
    },
    gradient(slopes) {
      const found = new Float64Array(places);
      eachEntry(design, (row, place, share) => (found[place]! += share * slopes[row]!));
      for (const { first, last } of lines) for (let at = last; at > first; at--) found[at - 1]! += found[at]!;
      const gradient = new Float64Array(size);
      gradient[0] = slopes.reduce((sum, slope) => sum + slope, 0);
      for (const [at, place] of free.entries()) gradient[at + 1] = found[place]! * scales[place]!;
      return gradient;
    },
    hessian(curves) {
      const full = products(design, curves);
      const whole = places + 1;
      // Rises are sums over all later knots, by rows and by columns. The last place is the intercept's.
      for (const { first, last } of lines) {
        for (let at = last; at > first; at--) {
          for (let k = 0; k < whole; k++) full[(at - 1) * whole + k]! += full[at * whole + k]!;
        }
        for (let row = 0; row < whole; row++) {
          for (let at = last; at > first; at--) full[row * whole + at - 1]! += full[row * whole + at]!;
        }
      }
      const data = new Float64Array(size * size);
      const from = [places, ...free];
      const scaleOf = from.map((place) => scales[place] ?? 1);
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          const product = full[from[row]! * whole + from[column]!]!;
          data[row * size + column] = product * scaleOf[row]! * scaleOf[column]!;
        }
      }
      return { size, data };
    },
  };

  /** Weighted sums of products of all pairs of places, and of each with 1. */
  function products({ places: at, shares, missing }: Design, curves: Float64Array): Float64Array {
    const whole = places + 1;
    const full = new Float64Array(whole * whole);
    const firstOf = Int32Array.from(terms, ({ kind, start }) => (kind === "number" ? start : -1));
    const some = new Int32Array(3 * width + 1);
    const parts = new Float64Array(3 * width + 1);
    for (let row = 0; row < rows; row++) {
      const curve = curves[row]!;
      if (curve === 0) continue;
      let count = 0;
      for (let term = 0; term < width; term++) {
        const entry = row * width + term;
        const [place, share] = [at[entry]!, shares[entry]!];
        // At the first knot a line is 0, whatever else: nobody asks for its products.
        if (place !== firstOf[term]) {
          some[count] = place;
          parts[count++] = 1 - share;
        }
        if (share > 0) {
          some[count] = place + 1;
          parts[count++] = share;
        }
        if (missing[entry] === 1) {
          some[count] = terms[term]!.missing;
          parts[count++] = 1;
        }
      }
      some[count] = places;
      parts[count++] = 1;
      // Places ascend, so this is the upper half.
      for (let a = 0; a < count; a++) {
        const [start, factor] = [some[a]! * whole, parts[a]! * curve];
        for (let b = a; b < count; b++) full[start + some[b]!]! += factor * parts[b]!;
      }
    }
    for (let row = 1; row < whole; row++) {
      for (let column = 0; column < row; column++) full[row * whole + column] = full[column * whole + row]!;
    }
    return full;
  }
}

/** Every place that a row has something of, with its share. */
function eachEntry(
  { terms, rows, places, shares, missing }: Design,
  visit: (row: number, place: number, share: number) => void,
): void {
  const width = terms.length;
  for (let row = 0, entry = 0; row < rows; row++) {
    for (let term = 0; term < width; term++, entry++) {
      const [place, share] = [places[entry]!, shares[entry]!];
      visit(row, place, 1 - share);
      if (share > 0) visit(row, place + 1, share);
      if (missing[entry] === 1) visit(row, terms[term]!.missing, 1);
    }
  }
}
