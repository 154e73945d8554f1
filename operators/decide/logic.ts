import { hash } from "node:crypto";
import {
  assignSalt,
  decisionKeys,
  optionVector,
  placeAt,
  unitPlace,
  type CompiledBlueprint,
  type DecisionKeys,
  type DecisionSpace,
  type FeatureVector,
  type Payload,
} from "../../blueprints/index.ts";
import {
  recordLimits,
  type DecisionRecorded,
  type DecisionReplied,
  type LoggedAction,
  type Scored,
} from "../../schemas/index.ts";
import { isHeldOut, reasonOf, whoActs, type VersionSet } from "./acting.ts";
import { decideOptions, type OptionsAsked, type OverOptions } from "./decide-options.ts";
import { onlyOf } from "./draw.ts";
import { drawValue } from "./draw-value.ts";
import { takenElsewhere } from "./logged-action.ts";
import { rankedElsewhere } from "./logged-ranking.ts";

/** The seed of a decision's sampling: the three inputs are enough to draw the same again. */
export function decisionSeed(salt: string, useCase: string, decisionId: string): string {
  return hash("sha256", `${salt}\0${useCase}\0${decisionId}`).slice(0, 16);
}

/**
 * The decision of the blueprint's policy from the predictions; null, with the reason, without a model.
 * @param set what was set for the version at its time
 * @param repeatOf time of the first decision under this id, if it is known and is not this one.
 * @param logged the action that was taken elsewhere; it is recorded instead of the policy's: see `loggedAction`
 * @param recorded `all`: options that were not shown are on the record too
 */
export function decideScored(
  scored: Scored,
  compiled: CompiledBlueprint,
  time: number,
  salt: string,
  set: VersionSet,
  repeatOf: number | null = null,
  logged: LoggedAction | null = null,
  recorded: "shown" | "all" = "shown",
): DecisionRecorded {
  const { request, features } = scored.enriched;
  const { blueprint } = compiled;
  const seed = decisionSeed(salt, request.useCase, request.decisionId);
  const made = madeBy({ scored, compiled, set, seed, salt, logged, recorded });
  const keys = keysWithin(decisionKeys(compiled.groupable, request.context), made.options);
  const decision: DecisionRecorded = {
    decisionId: request.decisionId,
    unit: request.unit,
    useCase: request.useCase,
    blueprintVersion: blueprint.version,
    modelId: scored.modelId,
    features,
    predictions: scored.predictions,
    ...made,
    options: keys === null ? made.options.map((option) => ({ ...option, keys: {} })) : made.options,
    seed,
    mode: scored.modelId === null && !isScored(made.options) ? "loggingOnly" : set.mode,
    decisionTime: time,
    deferred: request.deferred,
    repeatOf,
    keys,
    parameters: set.params,
  };
  if (logged === null) return decision;
  if (compiled.options?.isRanking === true) return { ...decision, ...rankedElsewhere(logged, decision) };
  return { ...decision, ...takenElsewhere(logged, decision.actions, blueprint.decisionSpace, request.candidates) };
}

/** By a model, or by a posterior alone. */
const isScored = (options: DecisionRecorded["options"]): boolean => options.some(({ score }) => score !== null);

interface Asked extends Pick<OptionsAsked, "scored" | "seed" | "logged" | "recorded"> {
  readonly compiled: CompiledBlueprint;
  readonly set: VersionSet;
  readonly salt: string;
}

/** The part of a decision that its kind of policy makes. */
function madeBy(asked: Asked): OverOptions {
  const { scored, compiled, set, salt } = asked;
  const { params, mode } = set;
  const { policy, options, blueprint, explorer } = compiled;
  const { request } = scored.enriched;
  if (policy.shares !== null) {
    const actions = actionsOf(blueprint.decisionSpace);
    const group = placeAt(unitPlace(assignSalt(salt, request.useCase), request.unit), policy.shares);
    const [value, propensity] = [actions[group]!, policy.shares[group]!];
    return { actions, distribution: policy.shares, value, propensity, reason: "explore", ...ofNoOptions };
  }
  const { logging, holdout } = blueprint.learning;
  const acts = whoActs(mode, isHeldOut(salt, request.useCase, request.unit, holdout), logging);
  const logger = acts === "uniform" ? compiled.logger : null;
  if (options !== null && policy.options !== null) {
    return decideOptions({ ...asked, options, policy: policy.options, explorer, acts, logger, params });
  }
  const policys = valueOf(asked);
  // An action of history is recorded in place of any.
  if (acts === "policy" || asked.logged !== null) return policys;
  const { actions, value: proposal } = policys;
  const proposed = proposal === null ? ofNoOptions.proposed : [proposal];
  if (logger !== null) {
    const { seed } = asked;
    const drawn = drawValue({ explorer: logger, actions, value: null, reason: "explore", params, seed });
    return { ...ofNoOptions, ...drawn, proposed };
  }
  const value = compiled.baseline(scored.enriched.features as FeatureVector);
  return { ...certainly(value, actions), reason: reasonOf(acts), ...ofNoOptions, proposed };
}

/** By the policy, and drawn where it explores. */
function valueOf({ scored, compiled, set: { params }, seed }: Asked): OverOptions {
  const { policy, blueprint, explorer } = compiled;
  const actions = actionsOf(blueprint.decisionSpace);
  const vector = scored.enriched.features as FeatureVector;
  const value = scored.modelId === null ? null : policy.decide(vector, scored.predictions, params);
  const reason = scored.modelId === null ? "noModel" : value === null ? "error" : "exploit";
  const own = scored.modelId === null ? null : policy.distribution(vector, scored.predictions, params);
  if (own !== null && explorer === null) {
    const drawn = { distribution: () => own };
    return { ...ofNoOptions, ...drawValue({ explorer: drawn, actions, value, reason, params, seed }) };
  }
  if (explorer !== null && (value !== null || explorer.needsNoValue)) {
    return { ...ofNoOptions, ...drawValue({ explorer, actions, value, reason, params, seed }) };
  }
  return { ...certainly(value, actions), reason, ...ofNoOptions };
}

const certainly = (
  value: DecisionRecorded["value"],
  actions: DecisionRecorded["actions"],
): Pick<DecisionRecorded, "actions" | "distribution" | "value" | "propensity"> => ({
  actions,
  distribution: value === null ? [] : onlyOf(actions.length, actions.indexOf(value)),
  value,
  propensity: value === null ? null : 1,
});

const ofNoOptions: Pick<DecisionRecorded, "options" | "candidates" | "scores" | "proposed" | "beliefs"> = Object.freeze(
  {
    ...{ options: Object.freeze([]), candidates: 0, scores: Object.freeze([]), proposed: Object.freeze([]) },
    beliefs: Object.freeze([]),
  },
);

/** Null: with those of the options they are larger than the limit. */
function keysWithin(keys: DecisionKeys, options: DecisionRecorded["options"]): DecisionKeys | null {
  const bytes = options.reduce((sum, option) => sum + bytesOf(option.keys), bytesOf(keys));
  return bytes <= recordLimits.decisionKeyBytes ? keys : null;
}

function bytesOf(keys: DecisionKeys): number {
  let bytes = 0;
  for (const name in keys) bytes += Buffer.byteLength(name) + Buffer.byteLength(keys[name]!);
  return bytes;
}

function actionsOf(space: CompiledBlueprint["blueprint"]["decisionSpace"]): (boolean | string)[] {
  if (space.kind === "boolean") return [false, true];
  return space.kind === "actions" ? [...space.actions] : [];
}

/** The answer with a decision; where the policy gave no value, with the reason. */
export function replyTo(decision: DecisionRecorded, compiled: CompiledBlueprint): DecisionReplied {
  const { blueprint, options } = compiled;
  const { decisionId, useCase, value, reason, propensity, blueprintVersion, modelId, repeatOf } = decision;
  const why = (): string => whyMissing(decision, compiled) ?? "a prediction or feature it needs is missing";
  const ranking = options?.isRanking === true ? shownIn(decision) : null;
  const error = reason === "error" ? `the policy gave no value: ${why()}` : null;
  const payload = payloadOf(blueprint.decisionSpace, value);
  return {
    decisionId,
    useCase,
    value,
    reason,
    propensity,
    blueprintVersion,
    modelId,
    error,
    repeatOf,
    payload,
    ranking,
  };
}

/** The ids of the options that were shown, in order. */
const shownIn = ({ options }: DecisionRecorded): readonly string[] =>
  options.flatMap(({ optionId, position }) => (position === null ? [] : [optionId]));

function whyMissing(decision: DecisionRecorded, { policy, options }: CompiledBlueprint): string | null {
  const { features, predictions, parameters } = decision;
  const [first] = decision.options;
  if (options === null) return policy.why(features as FeatureVector, predictions, parameters);
  if (decision.candidates === 0) return "there are no options to choose from";
  if (first === undefined) return "no option has a score, or all are excluded";
  const why = policy.why(
    optionVector(features as FeatureVector, first.features, options),
    first.predictions,
    parameters,
  );
  return why === null ? null : `no option has a score, and the order is that of the request: ${why}`;
}

function payloadOf(space: DecisionSpace, value: DecisionRecorded["value"]): Payload | null {
  if (space.kind !== "actions" || space.payloads === undefined || typeof value !== "string") return null;
  return Object.hasOwn(space.payloads, value) ? space.payloads[value]! : null;
}

export function refusalOf(scored: Scored, error: string): DecisionReplied {
  const { decisionId, useCase } = scored.enriched.request;
  return refusal(decisionId, useCase, error);
}

export function refusal(decisionId: string, useCase: string, error: string): DecisionReplied {
  return {
    decisionId,
    useCase,
    value: null,
    reason: "error",
    propensity: null,
    blueprintVersion: null,
    modelId: null,
    error,
    repeatOf: null,
    payload: null,
    ranking: null,
  };
}
