import { predictionNames, type CompiledBlueprint, type ParamValues } from "../../blueprints/index.ts";
import { modelsAt, validBlueprints } from "../../catalogue/index.ts";
import { decideScored, predict, withBeliefs } from "../../operators/index.ts";
import type { DecisionRecorded, DecisionRequested, Enriched, Scored } from "../../schemas/index.ts";
import type { LoggedDecision } from "../logged-decisions.ts";
import type { RecomputeSource, Tables } from "../source.ts";
import { CarriedFeatures } from "./carried-features.ts";
import { remade, type Remade } from "./remade-options.ts";
import { AT_ONCE, type Acted, type Lacks, type TargetPolicy } from "./target-policy.ts";

type Predictions = Readonly<Record<string, number>>;

/** A logged decision as the target's own request, with the predictions that were logged. */
interface Asked {
  readonly logged: LoggedDecision;
  readonly enriched: Enriched;
  readonly predictions: Predictions;
  readonly options: readonly Predictions[];
}

/**
 * The policy and the exploration of a version as they act online, on the logged features. Predictions are those of its
 * model in production; without one the logged ones, if they have the names of its labels. A policy that needs none is
 * asked without a model too. A posterior has at each decision what it had learnt by then.
 *
 * @param target a published version, or one that is not
 */
export function blueprintPolicy(source: RecomputeSource, tables: Tables, target: CompiledBlueprint): TargetPolicy {
  const { blueprint } = target;
  const known = validBlueprints(tables.blueprints);
  const now = Number.MAX_SAFE_INTEGER;
  const model = modelsAt(tables.models, blueprint.useCase, blueprint.version, now).production;
  const published = known.version(blueprint.useCase, blueprint.version);
  const params: ParamValues =
    published === undefined ? target.policy.defaults : known.params(blueprint.useCase, blueprint.version, now);
  // Its hold-out is no part of a policy: for those units the product's own choice acts, whatever the policy is.
  const acting = { ...target, blueprint: { ...blueprint, learning: { ...blueprint.learning, holdout: 0 } } };
  const carried = new CarriedFeatures(target);
  const labels = predictionNames(blueprint);
  const hasAll = (predictions: Predictions): boolean => labels.every((name) => Object.hasOwn(predictions, name));
  const usable = (predictions: Predictions): Predictions => (hasAll(predictions) ? predictions : {});

  const distributionOf = ({ logged, enriched, predictions, options }: Asked): Acted | Lacks => {
    const set = { params, mode: "online" } as const;
    const { decisionTime } = logged.decision;
    const { options: all } = withBeliefs({ predictions, options }, enriched, target, tables.posteriors, decisionTime);
    const scored: Scored = { enriched, modelId: model?.modelId ?? NO_MODEL, predictions, options: [...all] };
    const { actions, distribution } = decideScored(scored, acting, decisionTime, source.salt, set);
    return distribution.length === 0 ? { lacks: "action" } : { actions, distribution };
  };

  /** As the target's own request. Options are those of the request, which the logged version had features of. */
  const asTarget = (logged: LoggedDecision, again: Remade | undefined): Asked | Lacks => {
    const { decision } = logged;
    const version = known.version(decision.useCase, decision.blueprintVersion)!;
    const carry = carried.from(version);
    if (carry === undefined) return { lacks: "features" };
    if (target.options !== null && again === undefined) return { lacks: "request" };
    const { slots } = target.options ?? { slots: [] };
    const options = (again?.options ?? []).map(({ optionId, vector }) => {
      const whole = carry(vector);
      return { optionId, features: slots.map((slot) => whole[slot] ?? null) };
    });
    const features = carry(decision.features as (number | string | null)[]);
    for (const slot of slots) features[slot] = null;
    return {
      logged,
      enriched: {
        ...{ request: again?.request ?? requestOf(decision), blueprintVersion: blueprint.version },
        ...{ features, options, error: null, misfits: null },
      },
      predictions: usable(decision.predictions),
      options: (again?.options ?? []).map((option) => usable(option.predictions)),
    };
  };

  return {
    predictions: model === undefined ? "logged" : "model",
    modelId: model?.modelId ?? null,
    atOnce: target.options === null ? AT_ONCE : Number.POSITIVE_INFINITY,
    lacking: () => carried.lacking(),
    async act(logged) {
      const again = target.options === null ? undefined : await remade(source, tables, logged);
      const all = logged.map((one) => asTarget(one, again?.get(one)));
      const asked = all.filter((one) => "enriched" in one);
      if (model === undefined || asked.length === 0)
        return all.map((one) => ("enriched" in one ? distributionOf(one) : one));
      const enriched = asked.map((one) => one.enriched);
      const predicted = await predict(enriched, target, await source.scorers(model));
      const own = new Map(asked.map((one, at) => [one, predicted[at]!]));
      return all.map((one) => ("enriched" in one ? distributionOf({ ...one, ...own.get(one)! }) : one));
    },
  };
}

/** The policy is asked as if one had predicted; what it lacks is missing. */
const NO_MODEL = "";

/** The part of a request that a decision's record has, which is all that a policy over values needs. */
const requestOf = ({ decisionId, useCase, unit, deferred }: DecisionRecorded): DecisionRequested => ({
  ...{ decisionId, useCase, unit, deferred, context: {}, logged: null, candidates: [], answered: null },
});
