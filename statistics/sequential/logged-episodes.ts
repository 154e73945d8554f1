/**
 * Logged episodes, an entry a step; the steps of an episode lie together in their order. π is the target policy, μ the
 * one of the log, a the logged action of a step.
 */
export interface LoggedEpisodes {
  /** The first step of each episode, and the number of steps: episodes + 1 entries. An episode has a step at least. */
  readonly starts: Int32Array;
  /** In the unit of the reward. */
  readonly rewards: Float64Array;
  /** μ(a|x), above 0. */
  readonly propensities: Float64Array;
  /** π(a|x) */
  readonly probabilities: Float64Array;
  /** Q(x, a) of the target: what the rest of the episode is worth from the logged action on, discounted to the step. Absent: no model. */
  readonly q?: Float64Array | undefined;
  /** Σ_b π(b|x) Q(x, b); there if `q` is. */
  readonly v?: Float64Array | undefined;
  /** γ of the reward of one step later, in [0, 1]. */
  readonly discount: number;
}

/** Episodes with their weights: that of a step is ρ, the product of π / μ from the start of its episode to it. */
export interface WeighedEpisodes extends LoggedEpisodes {
  readonly episodes: number;
  /** Steps of the longest. */
  readonly horizon: number;
  /** ρ of each step. */
  readonly weights: Float64Array;
  /** ρ of the last step of each episode. */
  readonly finals: Float64Array;
  /** Mean ρ of all episodes behind t steps, t from 0 to the horizon; one that has ended keeps its last. */
  readonly means: Float64Array;
}

/** A way to estimate what episodes of the target are worth: their mean discounted sum of rewards. */
export interface SequentialEstimator {
  readonly name: string;
  /** It needs `q` and `v`. */
  readonly modelled: boolean;
  /**
   * One an episode. Their mean is the estimate and their standard deviation, divided by √n, its error: of an estimate
   * that is no mean itself they are the mean plus its influence functions (the delta method).
   */
  terms(weighed: WeighedEpisodes): Float64Array;
}

/**
 * @throws RangeError with fewer than two episodes, for columns of different lengths, and for an entry out of its range: a
 *   propensity that is missing (NaN) or 0 among them
 */
export function weigh(logged: LoggedEpisodes): WeighedEpisodes {
  checkLogged(logged);
  const { starts, propensities, probabilities } = logged;
  const episodes = starts.length - 1;
  const weights = new Float64Array(propensities.length);
  const finals = new Float64Array(episodes);
  let horizon = 0;
  for (let episode = 0; episode < episodes; episode++) {
    let weight = 1;
    for (let step = starts[episode]!; step < starts[episode + 1]!; step++) {
      weight *= probabilities[step]! / propensities[step]!;
      weights[step] = weight;
    }
    finals[episode] = weight;
    horizon = Math.max(horizon, starts[episode + 1]! - starts[episode]!);
  }
  const means = new Float64Array(horizon + 1);
  /** Sums over those that end with a step. */
  const ended = new Float64Array(horizon + 1);
  for (let episode = 0; episode < episodes; episode++) {
    const from = starts[episode]!;
    const length = starts[episode + 1]! - from;
    for (let t = 0; t < length; t++) means[t + 1]! += weights[from + t]!;
    ended[length]! += finals[episode]!;
  }
  for (let t = 1, before = 0; t <= horizon; t++) {
    before += ended[t - 1]!;
    means[t] = (means[t]! + before) / episodes;
  }
  means[0] = 1;
  return { ...logged, episodes, horizon, weights, finals, means };
}

/** Kish's effective size (1965) by the weights of whole episodes: (Σ ρ)² / Σ ρ². So many episodes of the target itself say about as much. */
export function effectiveEpisodes({ finals }: Pick<WeighedEpisodes, "finals">): number {
  let [sum, squares] = [0, 0];
  for (const weight of finals) {
    sum += weight;
    squares += weight * weight;
  }
  return sum === 0 ? 0 : (sum * sum) / squares;
}

/** Discounted sum of the rewards of each episode. */
export function returnsOf({
  starts,
  rewards,
  discount,
}: Pick<LoggedEpisodes, "starts" | "rewards" | "discount">): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, episode) => {
    let sum = 0;
    for (let step = starts[episode + 1]! - 1; step >= starts[episode]!; step--) sum = rewards[step]! + discount * sum;
    return sum;
  });
}

function checkLogged(logged: LoggedEpisodes): void {
  const { starts, rewards, propensities, probabilities, q, v, discount } = logged;
  const steps = rewards.length;
  const wrong = (text: string): never => {
    throw new RangeError(`episodes: ${text}`);
  };
  if (starts.length < 3) wrong(`${Math.max(starts.length - 1, 0)} episodes; an error needs two at least`);
  if (starts[0] !== 0 || starts.at(-1) !== steps)
    wrong(`they start at ${starts[0]} and end at ${starts.at(-1)}, not at 0 and ${steps}`);
  if (starts.some((start, at) => at > 0 && start <= starts[at - 1]!))
    wrong("each has a step at least, and starts behind the one before");
  if (!(discount >= 0 && discount <= 1)) wrong(`the discount is ${discount}; it is a number from 0 to 1`);
  if ((q === undefined) !== (v === undefined)) wrong("q and v come together");
  for (const [name, values] of Object.entries({ propensities, probabilities, q, v })) {
    if (values !== undefined && values.length !== steps) wrong(`${steps} rewards and ${values.length} ${name}`);
  }
  const refuse = (
    name: string,
    values: Float64Array | undefined,
    fits: (value: number) => boolean,
    rule: string,
  ): void => {
    const at = values?.findIndex((value) => !fits(value)) ?? -1;
    if (at >= 0) wrong(`${name}[${at}] is ${values![at]}; ${rule}`);
  };
  for (const [name, values] of Object.entries({ rewards, q, v }))
    refuse(name, values, Number.isFinite, "it is a finite number");
  refuse("propensities", propensities, (value) => value > 0 && value <= 1, "it lies above 0 and is at most 1");
  refuse("probabilities", probabilities, (value) => value >= 0 && value <= 1, "it is from 0 to 1");
}
