/**
 * The knots of a column's line: its values if they are few, and otherwise its quantiles. A value that fills whole bins (0 rain, 0 events) is
 * a knot of its own, and the others have their own quantiles. From the smallest value to the largest; one value gives one knot, none gives none.
 *
 * @param values without NaN; they are sorted in place
 * @param bins between the knots, at least 1
 */
export function knotsOf(values: Float32Array, bins: number): Float32Array {
  values.sort();
  const common = mostCommon(values);
  const all = quantiles(values, bins);
  const apart = common === undefined || common.count * bins < values.length ? [] : [...others(values, common, bins)];
  const sorted = Float32Array.from(new Set([...all, ...apart])).sort();
  // A gap whose inverse float32 can't hold is none.
  return sorted.filter((knot, at) => at === 0 || Number.isFinite(Math.fround(1 / (knot - sorted[at - 1]!))));
}

interface Run {
  readonly start: number;
  readonly count: number;
}

function mostCommon(sorted: Float32Array): Run | undefined {
  let most: Run | undefined;
  for (let start = 0; start < sorted.length;) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    if (most === undefined || end - start > most.count) most = { start, count: end - start };
    start = end;
  }
  return most;
}

function others(sorted: Float32Array, { start, count }: Run, bins: number): Float32Array {
  const rest = new Float32Array(sorted.length - count);
  rest.set(sorted.subarray(0, start));
  rest.set(sorted.subarray(start + count), start);
  return quantiles(rest, bins);
}

function quantiles(sorted: Float32Array, bins: number): Float32Array {
  const distinct = new Set<number>();
  for (const value of sorted) {
    distinct.add(value);
    if (distinct.size > bins + 1) {
      return Float32Array.from({ length: bins + 1 }, (_, at) => sorted[Math.round((at / bins) * (sorted.length - 1))]!);
    }
  }
  return Float32Array.from(distinct);
}
