import { setImmediate } from "node:timers/promises";
import { predictionNames, valueName, type CompiledBlueprint } from "../../blueprints/index.ts";
import { vectorOf } from "../../rows/index.ts";
import type { Scorer } from "../../serving/index.ts";
import {
  meanByUnit,
  returnsOf,
  sequentialEstimators,
  weighEnough,
  type LoggedEpisodes,
  type MeanByUnit,
} from "../../statistics/index.ts";
import { policyChances } from "../episodes/policy-chances.ts";
import { predictLabels } from "../predict-rows.ts";
import type { SeenEpisode } from "./seen-episodes.ts";

/** What a model's policy would be worth, by the episodes of the one in production. */
export interface EpisodeEstimate {
  /** Who made the episodes: the model in production, or `the log`. */
  readonly madeBy: string;
  /** Whole ones since the training of the model. */
  readonly episodes: number;
  /** Their decisions. */
  readonly decisions: number;
  /** So many episodes of its own say as much; `undefined`: it can't be told. */
  readonly effective: number | undefined;
  /** Their mean return; `undefined`: there is none. */
  readonly returned: number | undefined;
  /** How much more an episode of the model is worth, with bounds that hold at every look; `undefined`: nothing is estimated. */
  readonly gain: MeanByUnit | undefined;
  /** Why nothing is estimated. */
  readonly refusal: string | undefined;
}

/**
 * The estimate of the gate (`judgeProposal`), by new episodes: weighted doubly robust less the return, episode by
 * episode. Q is what the model's own file says, which has seen none of these episodes: the estimate holds for any Q, and
 * is the narrower the better Q is. The bounds are those of a confidence sequence over units, for it is looked at again
 * and again.
 *
 * @param episodes that ended, of which all rewards and actions are known
 * @param madeBy who made them
 */
export async function estimateBy(
  compiled: CompiledBlueprint,
  scorer: Scorer,
  episodes: readonly SeenEpisode[],
  madeBy: string,
): Promise<EpisodeEstimate> {
  const logged = await loggedBy(compiled, scorer, episodes);
  const known = { madeBy, episodes: episodes.length, decisions: logged.rewards.length };
  const returns = returnsOf(logged);
  const returned = returns.length === 0 ? undefined : returns.reduce((sum, one) => sum + one, 0) / returns.length;
  const nothing = { ...known, returned, effective: undefined, gain: undefined };
  if (returns.length < 2) return { ...nothing, refusal: `${returns.length} whole episodes are there` };
  const { weighed, effectiveEpisodes: effective, refusal } = weighEnough(logged);
  if (refusal !== undefined) return { ...nothing, effective, refusal };
  const wdr = sequentialEstimators.find(({ name }) => name === "WDR")!;
  const gains = Array.from(wdr.terms(weighed), (term, episode) => term - returns[episode]!);
  const gain = meanByUnit(
    gains,
    episodes.map(({ unit, rows }) => unit ?? (rows[0]!["decisionId"] as string)),
  );
  return { ...known, returned, effective, gain, refusal: undefined };
}

/** Rows whose policy is asked at once: decisions that the process makes meanwhile wait for no more. */
const BLOCK = 1_024;

async function loggedBy(
  compiled: CompiledBlueprint,
  scorer: Scorer,
  episodes: readonly SeenEpisode[],
): Promise<LoggedEpisodes> {
  const { layout, blueprint } = compiled;
  const { actions, discount } = compiled.episodes!;
  const rows = episodes.flatMap((episode) => episode.rows);
  const steps = episodes.flatMap((episode) => episode.steps);
  const names = predictionNames(blueprint);
  const predicted = await predictLabels(scorer, compiled, rows, names);
  const chancesOf = policyChances(compiled);
  const valued = actions.map((action) => predicted[names.indexOf(valueName(action))]!);
  const [probabilities, q, v] = [
    new Float64Array(rows.length),
    new Float64Array(rows.length),
    new Float64Array(rows.length),
  ];
  for (const [row, { action }] of steps.entries()) {
    const predictions = Object.fromEntries(names.map((name, at) => [name, predicted[at]![row]!]));
    const chances = chancesOf(vectorOf(rows[row]!, layout), predictions);
    const taken = actions.indexOf(action!);
    probabilities[row] = chances[taken]!;
    q[row] = valued[taken]![row]!;
    for (const [at, chance] of chances.entries()) v[row]! += chance * valued[at]![row]!;
    if (row % BLOCK === BLOCK - 1) await setImmediate();
  }
  const starts = new Int32Array(episodes.length + 1);
  for (const [at, episode] of episodes.entries()) starts[at + 1] = starts[at]! + episode.steps.length;
  return {
    ...{ starts, probabilities, q, v, discount },
    rewards: Float64Array.from(steps, ({ reward }) => reward!),
    propensities: Float64Array.from(steps, ({ propensity }) => propensity ?? Number.NaN),
  };
}
