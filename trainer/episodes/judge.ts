import {
  estimateEpisodes,
  meanEstimate,
  normalInterval,
  returnsOf,
  sequentialEstimators,
  weigh,
  type Estimate,
  type Interval,
  type LoggedEpisodes,
  type SequentialEstimate,
} from "../../statistics/index.ts";

export interface Figure extends Estimate {
  /** Of 95 %. */
  readonly interval: Interval;
}

/** What held-out episodes say of a proposed policy. */
export interface ProposalVerdict {
  readonly promoted: boolean;
  /** With the figures. */
  readonly reason: string;
  readonly episodes: number;
  /** `undefined`: a propensity is missing. */
  readonly effectiveEpisodes: number | undefined;
  /** The mean return of the log; `undefined`: of no two episodes. */
  readonly logged: Figure | undefined;
  /** Every estimate of the proposal's; none after a refusal. */
  readonly estimates: readonly SequentialEstimate[];
  /** How much more the proposal is worth, episode by episode; absent after a refusal. */
  readonly gain?: Figure | undefined;
  /** Why nothing is said; absent: something is. */
  readonly refusal?: string | undefined;
}

/**
 * Judges a policy by episodes that it was not learnt from: it is promoted if the lower end of its gain over the log is above 0.
 *
 * The gain is of the doubly robust estimate with weighted steps (WDR, without a model CWPDIS, which it then is) less the
 * return, episode by episode: near the log both move together, and the difference is known far better than either. MAGIC is
 * nearer to the truth, but it leans on the model, whose error no difference of episodes shows: by it, 12 % of 200 logs
 * would have promoted a policy that is a little worse. One look at a fixed number of episodes.
 *
 * @throws RangeError for episodes that are none
 */
export function judgeProposal(held: LoggedEpisodes): ProposalVerdict {
  const episodes = held.starts.length - 1;
  const returns = returnsOf(held);
  const logged = episodes < 2 ? undefined : figureOf(returns);
  const refused = (refusal: string, effective?: number): ProposalVerdict => ({
    ...{ promoted: false, reason: refusal, episodes, effectiveEpisodes: effective, logged, estimates: [], refusal },
  });
  if (episodes < 2) return refused(`${episodes} held-out episodes have an end, and an error needs two at least`);
  const { effectiveEpisodes, estimates, refusal } = estimateEpisodes(held);
  if (refusal !== undefined) return refused(refusal, effectiveEpisodes);
  const judge = sequentialEstimators.find(({ name }) => name === (held.q === undefined ? "CWPDIS" : "WDR"))!;
  const gain = figureOf(judge.terms(weigh(held)).map((term, episode) => term - returns[episode]!));
  const promoted = gain.interval[0] > ROUNDING * (1 + Math.abs(logged!.value));
  const text = `${gain.value.toFixed(4)} more than the log's ${logged!.value.toFixed(4)} an episode (95 %: ${textOf(gain.interval)})`;
  return {
    ...{ promoted, episodes, effectiveEpisodes, logged, estimates, gain },
    reason: promoted ? `it is worth ${text}` : `it is not proved better: ${text}`,
  };
}

/** Of sums that are equal but for their order. */
const ROUNDING = 1e-9;

function figureOf(terms: Float64Array): Figure {
  const estimate = meanEstimate(terms);
  return { ...estimate, interval: normalInterval(estimate) };
}

const textOf = ([low, high]: Interval): string => `${low.toFixed(4)} to ${high.toFixed(4)}`;
