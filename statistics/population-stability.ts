const BINS = 10;
/** Each bin has so many rows more, on both sides: an empty one would be infinitely far. */
const PRIOR = 0.5;

/**
 * How far some numbers lie from others, by the population stability index: Σ (q − p) ln(q / p) over ten bins with as many
 * of the former numbers each, and one for those that are missing. 0: they lie alike; people call 0.1 some and 0.25 much.
 * With few numbers it is above 0 by chance, by about 10 / count.
 *
 * @param former NaN: missing
 * @param newer NaN: missing
 * @param areCodes each number is a bin of its own
 */
export function populationStability(former: Float32Array, newer: Float32Array, areCodes = false): number {
  if (former.length === 0 || newer.length === 0) return 0;
  const binOf = areCodes ? (value: number): number => value : rangeOf(former);
  const [p, q] = [former, newer].map((values) => countsBy(values, binOf)) as [Counts, Counts];
  const bins = new Set([...p.keys(), ...q.keys()]);
  const shareOf = (counts: Counts, bin: number, all: number): number =>
    ((counts.get(bin) ?? 0) + PRIOR) / (all + PRIOR * bins.size);
  let sum = 0;
  for (const bin of bins) {
    const [before, now] = [shareOf(p, bin, former.length), shareOf(q, bin, newer.length)];
    sum += (now - before) * Math.log(now / before);
  }
  return sum;
}

type Counts = ReadonlyMap<number, number>;

function countsBy(values: Float32Array, binOf: (value: number) => number): Counts {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bin = Number.isNaN(value) ? -1 : binOf(value);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  return counts;
}

/** Between the tenths of some numbers. Equal numbers are in one range. */
function rangeOf(values: Float32Array): (value: number) => number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const bounds = [
    ...new Set(Array.from({ length: BINS - 1 }, (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / BINS)]!)),
  ];
  return (value) => {
    const at = bounds.findIndex((bound) => value < bound);
    return at < 0 ? bounds.length : at;
  };
}
