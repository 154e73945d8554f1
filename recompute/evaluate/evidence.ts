import { hash } from "node:crypto";
import { betOnPolicy, smoothedMeans, type ModelledRewards, type Spread, type Wealth } from "../../statistics/index.ts";
import type { DecisionRecorded } from "../../schemas/index.ts";
import type { Acted } from "./target-policy.ts";

/** The model of the reward has so many average rewards more for each action. */
export const STRENGTH = 20;

interface Mix {
  /** Numbers of actions, and the probability of each. */
  readonly actions: Int32Array;
  readonly probabilities: Float64Array;
}

/** The part of a decision that is estimated from. */
export interface Taken {
  readonly decisionId: string;
  /** Event time, ms. */
  readonly decisionTime: number;
  readonly value: NonNullable<DecisionRecorded["value"]>;
  readonly propensity: number;
  readonly reward: number;
  /** What could have been taken, and with which probability; empty: not known. */
  readonly actions: DecisionRecorded["actions"];
  readonly distribution: readonly number[];
}

/** Grows with decisions; holds a number a column, and for each the actions that the target may take. */
export class Evidence {
  readonly #weights: number[] = [];
  readonly #rewards: number[] = [];
  readonly #logged: number[] = [];
  readonly #folds: number[] = [];
  readonly #times: number[] = [];
  readonly #hashes: number[] = [];
  readonly #mixes: Mix[] = [];
  readonly #spreads: Spread[] = [];
  readonly #numbers = new Map<Taken["value"], number>();
  readonly #parts: number;
  #untried = 0;
  #certain = 0;
  #last: { readonly acted: Acted; readonly mix: Mix } | undefined;
  #lastSpread: { readonly taken: Taken; readonly acted: Acted; readonly spread: Spread } | undefined;

  /** @param parts folds of cross-fitting; 1: the model of the reward has seen all rewards */
  constructor(parts: number) {
    this.#parts = parts;
  }

  add(taken: Taken, acted: Acted): void {
    const { decisionId, decisionTime, value, propensity, reward } = taken;
    const untried = untriedBy(acted, taken);
    this.#untried += untried;
    if (untried > 0 && propensity === 1) this.#certain++;
    const at = acted.actions.indexOf(value);
    this.#weights.push(at < 0 ? 0 : acted.distribution[at]! / propensity);
    this.#rewards.push(reward);
    this.#logged.push(this.#numberOf(value));
    // By the id: the same decision is in the same fold, whatever other decisions there are.
    const number = hash("sha256", decisionId, "buffer").readUInt32BE(0);
    this.#folds.push(number % this.#parts);
    this.#hashes.push(number);
    this.#times.push(decisionTime);
    this.#mixes.push(this.#mixOf(acted));
    this.#spreads.push(this.#spreadOf(taken, acted));
  }

  /**
   * The share of what the target does that the log could not have done, over all decisions: rewards of it are in no
   * estimate. `certain`: decisions that were not drawn at all, where the target may do something else.
   */
  untried(): { readonly share: number; readonly certain: number } {
    return { share: this.#untried / Math.max(1, this.#weights.length), certain: this.#certain };
  }

  weights(): Float64Array {
    return Float64Array.from(this.#weights);
  }

  rewards(): Float64Array {
    return Float64Array.from(this.#rewards);
  }

  /** A bet that the target is worth more than what was logged, decision by decision as they came; null: a reward lies outside of [0, 1]. */
  bet(): Wealth | null {
    if (this.#rewards.some((reward) => !(reward >= 0 && reward <= 1))) return null;
    const before = (a: number, b: number): number =>
      this.#times[a]! - this.#times[b]! || this.#hashes[a]! - this.#hashes[b]!;
    const order = Uint32Array.from(this.#times, (_, row) => row).sort(before);
    const inOrder = (values: readonly number[]): Float64Array => Float64Array.from(order, (row) => values[row]!);
    const spreads = Array.from(order, (row) => this.#spreads[row]!);
    return betOnPolicy({ weights: inOrder(this.#weights), rewards: inOrder(this.#rewards), spreads });
  }

  /** With the model of the reward by action. */
  modelled(): ModelledRewards {
    const rewards = this.rewards();
    const actions = Int32Array.from(this.#logged);
    const folds = this.#parts === 1 ? undefined : Int32Array.from(this.#folds);
    const q = smoothedMeans({ actions, rewards, count: this.#numbers.size }, STRENGTH, folds);
    const expected = this.#mixes.map(({ actions: of, probabilities }, row) =>
      of.reduce((sum, action, at) => sum + probabilities[at]! * q(action, this.#folds[row]!), 0),
    );
    return {
      ...{ weights: this.weights(), rewards },
      predicted: Float64Array.from(actions, (action, row) => q(action, this.#folds[row]!)),
      expected: Float64Array.from(expected),
    };
  }

  #numberOf(value: Taken["value"]): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  /** Decisions that are alike share one. */
  #spreadOf(taken: Taken, acted: Acted): Spread {
    const last = this.#lastSpread;
    if (
      last !== undefined &&
      same(last.taken.actions, taken.actions) &&
      same(last.taken.distribution, taken.distribution) &&
      same(last.acted.actions, acted.actions) &&
      same(last.acted.distribution, acted.distribution)
    )
      return last.spread;
    const spread = spreadOf(taken, acted);
    this.#lastSpread = { taken, acted, spread };
    return spread;
  }

  /** Decisions that are alike share one. */
  #mixOf(acted: Acted): Mix {
    const { actions, distribution } = acted;
    if (
      this.#last !== undefined &&
      same(this.#last.acted.actions, actions) &&
      same(this.#last.acted.distribution, distribution)
    )
      return this.#last.mix;
    const possible = actions.flatMap((_, at) => (distribution[at]! > 0 ? [at] : []));
    const mix = {
      actions: Int32Array.from(possible, (at) => this.#numberOf(actions[at]!)),
      probabilities: Float64Array.from(possible, (at) => distribution[at]!),
    };
    this.#last = { acted, mix };
    return mix;
  }
}

/** Empty where a probability of the log is not known, or another one than the decision's own propensity. */
function spreadOf({ value, propensity, actions, distribution }: Taken, acted: Acted): Spread {
  const isWhole = distribution[actions.indexOf(value)] === propensity;
  const possible = isWhole ? actions.flatMap((_, at) => (distribution[at]! > 0 ? [at] : [])) : [];
  const weightOf = (at: number): number => {
    const wanted = acted.actions.indexOf(actions[at]!);
    return wanted < 0 ? 0 : acted.distribution[wanted]! / distribution[at]!;
  };
  return {
    logged: Float64Array.from(possible, (at) => distribution[at]!),
    weights: Float64Array.from(possible, weightOf),
  };
}

/** The probability with which the target takes an action that had none in the log. */
function untriedBy(acted: Acted, { actions, distribution }: Taken): number {
  if (distribution.length === 0) return 0;
  let untried = 0;
  for (const [at, action] of acted.actions.entries()) {
    const logged = actions.indexOf(action);
    if (!(logged >= 0 && distribution[logged]! > 0)) untried += acted.distribution[at]!;
  }
  return untried;
}

const same = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length === others.length && some.every((one, at) => one === others[at]);
