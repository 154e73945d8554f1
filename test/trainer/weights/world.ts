/**
 * A simulated product with position bias whose truth is known. Each query has 20 candidates with six features; a
 * grade from 0 to 4 is the truth. A former ranker, which orders by a feature that says nothing of the grade, shows ten
 * of them. Place k is seen with probability 1/k, and what is seen is clicked the more the better its grade is.
 *
 * Its random numbers are MurmurHash3's finaliser over counters, so that another language makes the same world.
 */
const QUERIES = 1500;
const CANDIDATES = 20;
const ITEMS = 300;
export const SHOWN = 10;
/** New queries, to judge by. */
const LATER = 800;
const LATER_FROM = 100_000;

const fmix32 = (hash: number): number => {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

export const hash32 = (seed: number, ...counters: readonly number[]): number =>
  counters.reduce((h, counter) => fmix32((h + Math.imul(counter + 1, 0x9e3779b9)) >>> 0), seed >>> 0);
/** Uniform in (0, 1). */
export const uniform = (seed: number, ...counters: readonly number[]): number =>
  (hash32(seed, ...counters) + 0.5) / 4_294_967_296;
export const normal = (seed: number, ...counters: readonly number[]): number =>
  Math.sqrt(-2 * Math.log(uniform(seed, ...counters, 0))) * Math.cos(2 * Math.PI * uniform(seed, ...counters, 1));

interface Candidate {
  readonly features: readonly number[];
  readonly score: number;
  /** By the former ranker. */
  readonly former: number;
}

function candidate(seed: number, query: number, at: number): Candidate {
  const noise = (k: number): number => normal(seed, k, query, at);
  const quality = normal(seed, 1, Math.floor(uniform(seed, 5, query, at) * ITEMS));
  const [, x2, x3, x4, x5, x6] = [0, noise(11), noise(12), noise(13), noise(14), noise(15)] as const;
  const x1 = quality + 0.5 * noise(10);
  return {
    features: [x1, x2, x3, x4, x5, x6],
    score: 0.9 * quality + 0.5 * x2 * x3 + 0.4 * Math.sin(2 * x4) + 0.3 * x5 + 0.5 * noise(17),
    former: 0.5 * x1 + x6 + 0.3 * normal(seed, 9, query, at),
  };
}

const candidatesOf = (seed: number, queries: number, from: number): readonly (readonly Candidate[])[] =>
  Array.from({ length: queries }, (_, query) =>
    Array.from({ length: CANDIDATES }, (_, at) => candidate(seed, query + from, at)),
  );

/** Between two values on the straight line between them. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}

/** An option that was shown. */
export interface Shown {
  readonly session: number;
  readonly features: readonly number[];
  /** From 1. */
  readonly position: number;
  readonly clicked: boolean;
}

export interface World {
  readonly shown: readonly Shown[];
  /** Features of the candidates of queries that were never shown, query by query. */
  readonly later: readonly (readonly (readonly number[])[])[];
  /** Mean NDCG@10 of scores of those candidates, one a candidate, query by query. */
  ndcg(scores: ArrayLike<number>): number;
}

export function world(seed: number, sessions: number): World {
  const queries = candidatesOf(seed, QUERIES, 0);
  const later = candidatesOf(seed, LATER, LATER_FROM);
  const scores = Float64Array.from(queries.flatMap((some) => some.map(({ score }) => score))).sort();
  const cuts = [0.4, 0.65, 0.82, 0.94].map((share) => quantile(scores, share));
  const gain = ({ score }: Candidate): number => 2 ** cuts.filter((cut) => cut < score).length - 1;
  const lists = queries.map((some) => some.toSorted((a, b) => b.former - a.former).slice(0, SHOWN));
  const shown = Array.from({ length: sessions }, (_, session) => {
    const list = lists[Math.floor(uniform(seed, 20, session) * QUERIES)]!;
    return list.map((each, at): Shown => {
      const clickable = 0.08 + (0.92 * gain(each)) / 15;
      const clicked = uniform(seed, 21, session, at) < (1 / (at + 1)) * clickable;
      return { session, features: each.features, position: at + 1, clicked };
    });
  }).flat();
  const discounted = (gains: readonly number[]): number =>
    gains.slice(0, 10).reduce((sum, each, at) => sum + each / Math.log2(at + 2), 0);
  return {
    shown,
    later: later.map((some) => some.map(({ features }) => features)),
    ndcg(given) {
      const each = later.flatMap((some, query) => {
        const gains = some.map(gain);
        const ideal = discounted(gains.toSorted((a, b) => b - a));
        const order = some.map((_, at) => at);
        order.sort((a, b) => given[query * CANDIDATES + b]! - given[query * CANDIDATES + a]!);
        return ideal === 0 ? [] : [discounted(order.map((at) => gains[at]!)) / ideal];
      });
      return each.reduce((sum, one) => sum + one, 0) / each.length;
    },
  };
}
