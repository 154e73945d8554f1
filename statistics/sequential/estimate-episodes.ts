import { normalInterval, type Interval } from "../off-policy/interval.ts";
import { meanOf, type Estimate } from "../off-policy/logged-rewards.ts";
import { sequentialEstimators } from "./estimators/index.ts";
import { effectiveEpisodes, weigh, type LoggedEpisodes, type WeighedEpisodes } from "./logged-episodes.ts";

/** With fewer effective episodes nothing is estimated: weights of few episodes say no more than these few, and their errors look small. */
export const LEAST_EFFECTIVE_EPISODES = 100;

export interface SequentialEstimate extends Estimate {
  readonly name: string;
  /** Normal, by the error; of 95 %. */
  readonly interval: Interval;
}

export interface SequentialEstimates {
  readonly episodes: number;
  /** `undefined`: no weight can be told. */
  readonly effectiveEpisodes: number | undefined;
  /** Why nothing is estimated; absent: something is. */
  readonly refusal?: string | undefined;
  /** Those of a model only with `q` and `v`; none after a refusal. */
  readonly estimates: readonly SequentialEstimate[];
}

/**
 * What episodes of the target would be worth, by every estimator.
 *
 * Intervals are of influence functions and not of resampled episodes: they cost one pass, need no seed, and come from one
 * term an episode, so that differences of two estimates have theirs. Of few effective episodes neither holds, which are refused.
 *
 * @throws RangeError for episodes that are none; a missing propensity is a refusal
 */
export function estimateEpisodes(logged: LoggedEpisodes): SequentialEstimates {
  const episodes = logged.starts.length - 1;
  const { weighed, refusal, effectiveEpisodes: effective } = weighEnough(logged);
  if (refusal !== undefined) return { episodes, effectiveEpisodes: effective, refusal, estimates: [] };
  const able = sequentialEstimators.filter(({ modelled }) => !modelled || logged.q !== undefined);
  const estimates = able.map(({ name, terms }) => {
    const estimate = meanOf(terms(weighed));
    return { name, ...estimate, interval: normalInterval(estimate) };
  });
  return { episodes, effectiveEpisodes: effective, estimates };
}

/**
 * Episodes with their weights, or why nothing is estimated by them.
 *
 * @throws RangeError for episodes that are none; a missing propensity is a refusal
 */
export function weighEnough(
  logged: LoggedEpisodes,
):
  | { readonly weighed: WeighedEpisodes; readonly effectiveEpisodes: number; readonly refusal?: undefined }
  | { readonly weighed?: undefined; readonly effectiveEpisodes: number | undefined; readonly refusal: string } {
  const lacking = logged.propensities.reduce((count, one) => count + Number(Number.isNaN(one)), 0);
  if (lacking > 0) {
    const refusal = `the log lacks the propensity of ${lacking} of ${logged.propensities.length} steps, and none is guessed`;
    return { effectiveEpisodes: undefined, refusal };
  }
  const weighed = weigh(logged);
  const effective = effectiveEpisodes(weighed);
  const refusal = refusalOf(effective, logged.starts.length - 1);
  return refusal === undefined ? { weighed, effectiveEpisodes: effective } : { effectiveEpisodes: effective, refusal };
}

/** Why so few effective episodes are not enough; `undefined`: they are. */
export const refusalOf = (effective: number, episodes: number): string | undefined =>
  effective >= LEAST_EFFECTIVE_EPISODES
    ? undefined
    : `${episodes} episodes of the log say as much as ${effective.toFixed(1)} of the target, ${LEAST_EFFECTIVE_EPISODES} are needed`;
