import type { SequentialEstimator } from "../logged-episodes.ts";
import { leastOnSimplex } from "../simplex.ts";
import { weightedSteps } from "../weighted-steps.ts";

/**
 * MAGIC (Thomas and Brunskill 2016): a mixture of partial returns, each weighted doubly robust for so many steps and the
 * model from there on. Its shares have the least estimated squared error: the covariance of the returns, and as their bias
 * how far each lies outside of the middle half of the whole return, that without the model's rest. That half is of a normal
 * distribution, where the paper resamples: the same episodes give the same shares. The error is that of the whole return:
 * nothing tells that of the model, and without it intervals would be too narrow.
 */
export const magic: SequentialEstimator = {
  name: "MAGIC",
  modelled: true,
  terms(weighed) {
    const { rewards, q, v, horizon, episodes } = weighed;
    const residuals = rewards.map((reward, step) => reward - q![step]!);
    const sums = weightedSteps(weighed, residuals, v, cutsOf(horizon));
    const parts = sums.map((sum) => sum.parts);
    const means = parts.map((own) => own.reduce((sum, part) => sum + part, 0) / episodes);
    const shares = leastOnSimplex(squaredErrors(parts, means), parts.length);
    const value = means.reduce((sum, mean, at) => sum + shares[at]! * mean, 0);
    return sums.at(-1)!.terms.map((term) => term - means.at(-1)! + value);
  },
};

/** −1, 0 and twice as many each time, up to the whole episode. */
function cutsOf(horizon: number): readonly number[] {
  const cuts = [-1, 0];
  for (let cut = 1; cut < horizon - 1; cut *= 2) cuts.push(cut);
  return horizon > 1 ? [...cuts, horizon - 1] : cuts;
}

/** Of a standard normal variable, half of it lies within ± this. */
const QUARTILE = 0.6744897501960817;

/** Covariance of the returns and products of their biases: k × k. */
function squaredErrors(parts: readonly Float64Array[], means: readonly number[]): Float64Array {
  const [k, n] = [parts.length, parts[0]!.length];
  const matrix = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = i; j < k; j++) {
      let sum = 0;
      for (let at = 0; at < n; at++) sum += (parts[i]![at]! - means[i]!) * (parts[j]![at]! - means[j]!);
      matrix[i * k + j] = matrix[j * k + i] = sum / (n - 1) / n;
    }
  }
  const whole = means[k - 1]!;
  const reach = QUARTILE * Math.sqrt(matrix[k * k - 1]!);
  const biases = means.map((mean) => Math.sign(mean - whole) * Math.max(0, Math.abs(mean - whole) - reach));
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) matrix[i * k + j]! += biases[i]! * biases[j]!;
  return matrix;
}
