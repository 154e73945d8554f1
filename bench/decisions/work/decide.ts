/**
 * The formula: the value of the decision. The peers in Java compute it in the same order, so to the bit (bench/peers,
 * Formula).
 */
export function valueOf(score: number, request: number, unit: number): number {
  return score * (40 + 25 * request) - (1 - score) * (10 + 5 * unit);
}

export const actionOf = (value: number): string => (value > 0 ? "accept" : "decline");
