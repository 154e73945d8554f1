/** How many of the first places count. */
const PLACES = 10;

const gain = (y: number): number => 2 ** (y - 1) - 1;
const discount = (place: number): number => 1 / Math.log2(place + 2);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const dcg = (ys: readonly number[]): number => sum(ys.slice(0, PLACES).map((y, place) => gain(y) * discount(place)));
const best = (ys: readonly number[]): number => dcg(ys.toSorted((a, b) => b - a));

/**
 * Normalised discounted cumulative gain of the first ten places (Järvelin and Kekäläinen 2002), 0 to 1, with the gain
 * 2^(y - 1) - 1. 1 where all orders are alike, since nothing was gained in any.
 *
 * @param ys the ratings of all options, in the order to judge
 */
export const ndcg = (ys: readonly number[]): number => (best(ys) === 0 ? 1 : dcg(ys) / best(ys));

/** The mean of `ndcg` over all orders. */
export function ndcgAtRandom(ys: readonly number[]): number {
  const discounts = sum(ys.slice(0, PLACES).map((_, place) => discount(place)));
  return best(ys) === 0 ? 1 : ((sum(ys.map(gain)) / ys.length) * discounts) / best(ys);
}
