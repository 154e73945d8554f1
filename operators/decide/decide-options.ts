import { hash } from "node:crypto";
import {
  optionVector,
  type CompiledBlueprint,
  type CompiledOptions,
  type DecisionKeys,
  type Explorer,
  type FeatureVector,
  type OptionsPolicy,
  type ParamValues,
  type Selection,
} from "../../blueprints/index.ts";
import type { DecisionRecorded, LoggedAction, Scored } from "../../schemas/index.ts";
import { ownValue } from "../../streams/index.ts";
import { reasonOf, type Acts } from "./acting.ts";
import { drawn, takenAt, type Shown } from "./draw-options.ts";
import { productOf, shownAs } from "./logged-ranking.ts";

type OptionRecorded = DecisionRecorded["options"][number];

/** The part of a decision that is made of its options. */
export type OverOptions = Pick<
  DecisionRecorded,
  | "actions"
  | "distribution"
  | "value"
  | "propensity"
  | "reason"
  | "options"
  | "candidates"
  | "scores"
  | "proposed"
  | "beliefs"
>;

export interface OptionsAsked {
  readonly scored: Scored;
  readonly compiled: CompiledBlueprint;
  readonly options: CompiledOptions;
  readonly policy: OptionsPolicy;
  readonly explorer: Explorer | null;
  readonly acts: Acts;
  /** Draws where all that may be chosen is equally likely. */
  readonly logger: Explorer | null;
  readonly params: ParamValues;
  /** Of the decision. */
  readonly seed: string;
  /** An action of history: it was chosen, whatever the scores are. */
  readonly logged: LoggedAction | null;
  /** `all`: not only a sample of the options that were not shown is recorded. */
  readonly recorded: "shown" | "all";
}

/**
 * One of the options, or an order of them. Without a model the options' own order acts, within the policy's constraints. A ranking
 * whose scores are all missing is that order too, with the reason `error`; a choice is none then.
 */
export function decideOptions({
  scored,
  compiled: { posterior },
  options,
  policy,
  explorer,
  acts,
  logger,
  params,
  seed,
  logged,
  recorded: which,
}: OptionsAsked): OverOptions {
  const { enriched, modelId, options: predictions } = scored;
  const { features, options: given } = enriched;
  const vectors = given.map((option) => optionVector(features as FeatureVector, option.features, options));
  /** The order of the request, within the policy's limits. */
  const unscored = (): Selection =>
    policy.select(
      vectors.map((vector) => ({ vector, predictions: null })),
      params,
    );
  const isPredicted = predictions.length === given.length;
  const scoredBy = isPredicted
    ? policy.select(
        vectors.map((vector, at) => ({ vector, predictions: predictions[at]! })),
        params,
      )
    : undefined;
  // A posterior may be enough for scores. Where they need the model too, there are none yet.
  const isScored = scoredBy !== undefined && (modelId !== null || scoredBy.scores.some((score) => score !== null));
  const selected = isScored ? scoredBy : unscored();
  const { scores } = selected;
  const taken = logged === null ? -1 : given.findIndex(({ optionId }) => optionId === logged.value);
  const act = { selection: selected, isScored, isRanking: options.isRanking, params, seed };
  const isLogged = logged !== null && (taken >= 0 || options.isRanking);
  const policys = !isLogged
    ? drawn(act, explorer)
    : options.isRanking
      ? shownAs(logged, given.length)
      : takenAt(taken, logged.propensity, given.length);
  const isPolicys = isLogged || acts === "policy";
  const own = (): Shown => drawn({ ...act, isScored: false, selection: isScored ? unscored() : selected }, logger);
  const chosen = isPolicys ? policys : own();
  const { shown, propensities } = chosen;
  const keys = options.keysByOption(enriched.request.candidates);
  const record = (at: number, place: number | null, sampled: number): OptionRecorded => ({
    ...{ optionId: given[at]!.optionId, features: given[at]!.features },
    predictions: predictions[at] ?? nothing,
    ...{ score: scores[at]!, position: place === null ? null : place + 1, sampled },
    keys: (place === null ? undefined : keys.get(given[at]!.optionId)) ?? noKeys,
    propensity: place === null ? null : propensities[place]!,
  });
  const most = which === "all" ? given.length : policy.log;
  const recorded = shown.map((at, place) => record(at, place, 1));
  for (const { at, sampled } of sampleOf(given, shown, most, seed)) recorded.push(record(at, null, sampled));
  const value = shown.length === 0 ? null : given[shown[0]!]!.optionId;
  const isMissing = given.length > 0 && scores.every((score) => score === null);
  const isError = given.length === 0 || isMissing || (!options.isRanking && value === null);
  const reasonOfPolicy = (): OverOptions["reason"] => {
    if (!isScored && modelId === null && given.length > 0) return "noModel";
    if (isError) return "error";
    return chosen.isOwn ? "exploit" : "explore";
  };
  const isNamed = !options.isRanking || chosen.scores.length > 0;
  return {
    actions: isNamed ? given.map(({ optionId }) => optionId) : none,
    distribution: chosen.distribution,
    value,
    propensity: value === null ? null : productOf(propensities),
    reason: isPolicys ? reasonOfPolicy() : reasonOf(acts),
    options: recorded,
    candidates: given.length,
    scores: chosen.scores,
    beliefs: posterior === null || !isPredicted ? chosen.beliefs : withPosterior(chosen.beliefs, predictions),
    proposed: isPolicys || !isScored ? none : policys.shown.map((at) => given[at]!.optionId),
  };
}

/** What the draw was made by, and behind it what each option's score was made of: of all options, shown or not. */
const withPosterior = (beliefs: Shown["beliefs"], predictions: Scored["options"]): Shown["beliefs"] =>
  predictions.map((own, at) => [
    ...(beliefs[at] ?? none),
    ...BELIEVED.map((name) => ownValue(own, name) ?? Number.NaN),
  ]);

const BELIEVED = ["posteriorMean", "posteriorDeviation", "posteriorUpdates"] as const;

const nothing = Object.freeze({});
const noKeys: DecisionKeys = nothing;

const none = Object.freeze([]);

/**
 * Of the options that were not shown those to record, each with the same probability. The sample is drawn by the decision's
 * seed: the options with the smallest hashes are in it.
 */
function sampleOf(
  given: readonly { readonly optionId: string }[],
  shown: readonly number[],
  most: number,
  seed: string,
): readonly { readonly at: number; readonly sampled: number }[] {
  if (most === 0 || shown.length === given.length) return [];
  const isShown = new Set(shown);
  const others = given.flatMap(({ optionId }, at) =>
    isShown.has(at) ? [] : [{ at, draw: hash("sha256", `${seed}\0${optionId}`) }],
  );
  const sampled = Math.min(1, most / others.length);
  return others
    .sort((a, b) => (a.draw < b.draw ? -1 : 1))
    .slice(0, most)
    .map(({ at }) => ({ at, sampled }));
}
