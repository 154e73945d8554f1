import { betaBeliefs, normalBeliefs } from "./comparable-beliefs.ts";
import { probabilitiesOfBest } from "./probability-of-best.ts";

/** So many are remembered. */
const MOST = 32;
const recent = new Map<string, readonly number[]>();

/**
 * The probability of each option to be the best by its beta or normal belief. Decisions between two events have the same beliefs, and with dozens of
 * options the integral is most of the work of a decision: the last ones are remembered.
 */
export function recentBests(belief: "beta" | "normal", numbers: readonly (readonly number[])[]): readonly number[] {
  const key = `${belief} ${numbers.join(" ")}`;
  const known = recent.get(key);
  if (known !== undefined) return known;
  const found = Object.freeze(probabilitiesOfBest(belief === "beta" ? betaBeliefs(numbers) : normalBeliefs(numbers)));
  const [oldest] = recent.keys();
  if (recent.size >= MOST) recent.delete(oldest!);
  recent.set(key, found);
  return found;
}
