import type { LoggedRewards } from "../off-policy/logged-rewards.ts";

/** A bet has proved its point with so much: by chance it is reached at any look with a probability of at most 1 / 20. */
export const PROOF = 20;
/**
 * Shares of what is at stake that are bet on each decision, 0.5 to 0.0099: small ones prove most with weights that are far apart.
 * With one half at most no decision ruins.
 */
export const BETS: readonly number[] = Array.from({ length: 12 }, (_, at) => 0.5 * 0.7 ** at);
/** The most that the expected reward of a decision takes from a bet. */
const MOST_TAKEN = 0.3;

/** The actions b that the log could have taken in place of a decision's; none: not known. */
export interface Spread {
  /** μ(b|x), above 0. */
  readonly logged: Float64Array;
  /** π(b|x) / μ(b|x). */
  readonly weights: Float64Array;
}

/** In the order in which the decisions came. */
export interface SpreadRewards extends LoggedRewards {
  /** One a decision. */
  readonly spreads: readonly Spread[];
}

/** What became of a stake of 1. */
export interface Wealth {
  /** After all decisions. */
  readonly now: number;
  /** The most that it ever was: `PROOF` of it says that the policy is worth more, however often somebody looked. */
  readonly most: number;
}

/**
 * Bets that a policy is worth more than what was logged. Each of `BETS`, λ, has an equal part of the stake, which becomes
 * Π (1 + λ g); wealth is their sum. g = (w − 1) (r − c) + Σ_b μ(b|x) (w_b − 1) c_b has the mean of what the policy is worth more,
 * whatever c is, as long as the log's draw does not change it. It is the mean of the rewards before, which takes most of the
 * weights' noise away, and less for actions of a large weight: λ (w_b − 1) c_b is at most 0.3. So no factor is below 0.2. Where the
 * spread is not known, c is 0. If the policy is worth what was logged or less, no look finds a wealth of `PROOF` with a
 * probability above 1 / `PROOF`, at any number of looks (testing by betting; Waudby-Smith and Ramdas 2023, with a mixture of constant
 * bets as in universal portfolios; Orabona and Jun 2024; c is a control variate, as in doubly robust estimates).
 *
 * @throws RangeError for a weight that is negative or not finite, or a reward outside of [0, 1]
 */
export function betOnPolicy({ weights, rewards, spreads }: SpreadRewards): Wealth {
  check("weights", weights, Number.MAX_VALUE);
  check("rewards", rewards, 1);
  const parts = new Float64Array(BETS.length).fill(1 / BETS.length);
  let [now, most, all] = [1, 1, 0];
  for (let row = 0; row < rewards.length; row++) {
    const [weight, reward, spread] = [weights[row]!, rewards[row]!, spreads[row]!];
    const before = spread.logged.length === 0 ? 0 : all / Math.max(1, row);
    now = 0;
    for (let at = 0; at < BETS.length; at++) {
      const bet = BETS[at]!;
      const gain = (weight - 1) * (reward - taken(weight, before, bet)) + expected(spread, before, bet);
      now += parts[at]! *= 1 + bet * gain;
    }
    most = Math.max(most, now);
    all += reward;
  }
  return { now, most };
}

/** c of an action of the weight. */
const taken = (weight: number, before: number, bet: number): number =>
  weight > 1 ? Math.min(before, MOST_TAKEN / (bet * (weight - 1))) : before;

/** Σ_b μ(b|x) (w_b − 1) c_b */
function expected({ logged, weights }: Spread, before: number, bet: number): number {
  let sum = 0;
  for (let b = 0; b < logged.length; b++) sum += logged[b]! * (weights[b]! - 1) * taken(weights[b]!, before, bet);
  return sum;
}

function check(name: string, values: Float64Array, most: number): void {
  const row = values.findIndex((value) => !(value >= 0 && value <= most));
  if (row >= 0)
    throw new RangeError(`betOnPolicy: ${name}[${row}] is ${values[row]}; it is finite and from 0 to ${most}`);
}
