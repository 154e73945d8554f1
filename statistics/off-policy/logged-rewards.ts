/**
 * Rewards of logged decisions, one entry a decision, and what a target policy would have done in their place. π(a|x) is
 * the probability with which the target takes an action, μ(a|x) the logged propensity, a the logged action.
 */
export interface LoggedRewards {
  /** w = π(a|x) / μ(a|x): not negative and finite, 0 where the target can't take the logged action. */
  readonly weights: Float64Array;
  /** r, in the unit of the reward. */
  readonly rewards: Float64Array;
}

/** The same with a model q(x, a) of the reward, which has not seen the reward of the decision that it is asked about. */
export interface ModelledRewards extends LoggedRewards {
  /** q(x, a) of the logged action, in the unit of the reward. */
  readonly predicted: Float64Array;
  /** Σ_b π(b|x) q(x, b) over all actions b, in the unit of the reward. */
  readonly expected: Float64Array;
}

/** Mean reward a decision of the target policy, in the unit of the reward. */
export interface Estimate {
  readonly value: number;
  /** Of `value`: the standard deviation of its terms (n − 1) divided by √n. */
  readonly standardError: number;
}

/** A way to estimate the value of a policy from decisions of another one. */
export interface OffPolicyEstimator {
  readonly name: string;
  /** @throws RangeError with fewer than two decisions, columns of different lengths, or an entry out of its range. */
  estimate(logged: ModelledRewards): Estimate;
}

/** Estimate and its error from terms whose mean is the estimate. */
export function meanOf(terms: Float64Array): Estimate {
  const n = terms.length;
  const value = sum(terms) / n;
  let squares = 0;
  for (const term of terms) squares += (term - value) ** 2;
  return { value, standardError: Math.sqrt(squares / (n - 1) / n) };
}

/** With compensation for rounding (Neumaier 1974): the order of the decisions changes no digit that is shown. */
export function sum(values: Iterable<number>): number {
  let [total, lost] = [0, 0];
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

export function checkLogged(name: string, { weights, rewards, predicted, expected }: ModelledRewards): void {
  const n = rewards.length;
  if (n < 2) throw new RangeError(`${name}: ${n} decisions; an error needs two at least`);
  for (const [column, values] of Object.entries({ weights, predicted, expected })) {
    if (values.length !== n) {
      throw new RangeError(`${name}: ${n} rewards and ${values.length} ${column}; pass one of each a decision`);
    }
  }
  checkWeights(name, weights);
  for (const [column, values] of Object.entries({ rewards, predicted, expected })) {
    const row = values.findIndex((value) => !Number.isFinite(value));
    if (row >= 0) throw new RangeError(`${name}: ${column}[${row}] is ${values[row]}, not a finite number`);
  }
}

export function checkWeights(name: string, weights: Float64Array): void {
  const row = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (row >= 0) throw new RangeError(`${name}: weights[${row}] is ${weights[row]}; a weight is finite, 0 or more`);
}
