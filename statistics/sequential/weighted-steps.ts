import type { WeighedEpisodes } from "./logged-episodes.ts";

/** A sum over time, by episode. */
export interface WeightedSum {
  /** Their mean is the sum; by influence functions, which know that weights of another episode would change the means. */
  readonly terms: Float64Array;
  /** Their mean is the sum, too: each episode's own part of it. They differ more than the terms do. */
  readonly parts: Float64Array;
}

/**
 * Sums over time of weighted means: Σ_{t ≤ j} γ^t (X_t + Y_t) + γ^{j+1} Y_{j+1}, where X_t is the mean of x by the
 * weights behind step t, and Y_t that of y by the weights before it. An episode that has ended has x = y = 0.
 *
 * @param x one a step; absent: 0
 * @param y the same
 * @param cuts each a j, from −1 to the horizon − 1, growing
 * @returns for each cut one entry an episode
 */
export function weightedSteps(
  { starts, episodes, horizon, weights, finals, means, discount }: WeighedEpisodes,
  x: Float64Array | undefined,
  y: Float64Array | undefined,
  cuts: readonly number[],
): readonly WeightedSum[] {
  /** 1 / mean weight behind t steps; of no weight at all: nothing counts. */
  const unit = means.map((mean) => (mean > 0 ? 1 / mean : 0));
  const [X, Y] = [new Float64Array(horizon + 1), new Float64Array(horizon + 1)];
  for (let episode = 0; episode < episodes; episode++) {
    const from = starts[episode]!;
    for (let t = 0; from + t < starts[episode + 1]!; t++) {
      if (x !== undefined) X[t]! += weights[from + t]! * x[from + t]!;
      if (y !== undefined) Y[t]! += (t === 0 ? 1 : weights[from + t - 1]!) * y[from + t]!;
    }
  }
  for (let t = 0; t <= horizon; t++) {
    X[t]! *= (unit[t + 1] ?? 0) / episodes;
    Y[t]! *= unit[t]! / episodes;
  }
  // Up to t: the sum, and what a weight of 1 takes from it once its episode has ended.
  const [sums, losses] = [new Float64Array(horizon + 1), new Float64Array(horizon + 1)];
  const factors = Float64Array.from({ length: horizon + 1 }, (_, t) => discount ** t);
  for (let t = 0; t < horizon; t++) {
    sums[t + 1] = sums[t]! + factors[t]! * (X[t]! + Y[t]!);
    losses[t + 1] = losses[t]! + factors[t]! * (X[t]! * unit[t + 1]! + Y[t]! * unit[t]!);
  }
  const found = cuts.map(() => ({ terms: new Float64Array(episodes), parts: new Float64Array(episodes) }));
  for (let episode = 0; episode < episodes; episode++) {
    const [from, length] = [starts[episode]!, starts[episode + 1]! - starts[episode]!];
    let [own, part, t] = [0, 0, 0];
    for (const [at, cut] of cuts.entries()) {
      for (; t <= cut && t < length; t++) {
        const before = (t === 0 ? 1 : weights[from + t - 1]!) * unit[t]!;
        const behind = weights[from + t]! * unit[t + 1]!;
        const [left, right] = [x?.[from + t] ?? 0, y?.[from + t] ?? 0];
        own += factors[t]! * (behind * (left - X[t]!) + before * (right - Y[t]!));
        part += factors[t]! * (behind * left + before * right);
      }
      const final = finals[episode]!;
      const ended = cut >= length ? final * (losses[cut + 1]! - losses[length]!) : 0;
      const weight = cut + 1 > length ? final : cut < 0 ? 1 : weights[from + cut]!;
      const after = cut + 1 < length ? (y?.[from + cut + 1] ?? 0) : 0;
      const rest = factors[cut + 1]! * weight * unit[cut + 1]!;
      const next = factors[cut + 1]! * Y[cut + 1]! + rest * (after - Y[cut + 1]!);
      found[at]!.terms[episode] = sums[cut + 1]! + own - ended + next;
      found[at]!.parts[episode] = part + rest * after;
    }
  }
  return found;
}
