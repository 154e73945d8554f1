import { ownValue } from "../../streams/index.ts";
import type { BlueprintContent } from "../blueprint.ts";
import type { FeatureVector } from "../features/layout.ts";
import { compileFormula, type Formula, type FormulaValue, type TraceStep, type WhyName } from "../formula/index.ts";
import { featureValues } from "./feature-values.ts";
import { headName } from "../labels/head-name.ts";
import { defaultValues, type ParamValues } from "./params.ts";
import type { Selection } from "./policy-rule.ts";
import { predictionNames } from "../labels/prediction-names.ts";
import { posteriorNames } from "../posterior/names.ts";
import { policyTypes } from "./policy-types.ts";
import { kindOfRule } from "./rules/index.ts";

/** By label name, and by the names of the posterior; null or absent while there is no model. */
export type Predictions = Readonly<Record<string, number | null>>;

export interface PolicyTrace {
  readonly formula: string;
  readonly steps: readonly TraceStep[];
}

/** An option with what the policy knows of it. */
export interface OptionScored {
  /** Of the whole layout. */
  readonly vector: Readonly<FeatureVector>;
  /** Null: there is neither a model nor a posterior. */
  readonly predictions: Predictions | null;
}

export interface Policy {
  /** The values of its parameters that the blueprint says. */
  readonly defaults: ParamValues;
  /**
   * The decision; null when a prediction or a feature it needs is missing. A pure function of logged values. Never
   * throws.
   * @param params values of its parameters; a parameter that has none there has its default, as all have without it
   */
  decide(vector: Readonly<FeatureVector>, predictions: Predictions, params?: ParamValues): FormulaValue;
  /** The probability of each action, in the decision space's order, where the policy draws by itself; null: it does not, or something is missing. */
  distribution(
    vector: Readonly<FeatureVector>,
    predictions: Predictions,
    params?: ParamValues,
  ): readonly number[] | null;
  /** Of a policy over options; null: it decides over none. */
  readonly options: OptionsPolicy | null;
  /** The share of each action, in the order of the decision space; null: the policy divides no units into groups. */
  readonly shares: readonly number[] | null;
  /** The named formulas and then the rule, step by step; of a policy over options those of one option. */
  trace(vector: Readonly<FeatureVector>, predictions: Predictions, params?: ParamValues): readonly PolicyTrace[];
  /** The reason that the decision is null, in words: `cost is missing: late / share: division by zero`. Null: it is not null, or the rule gives none. */
  why(vector: Readonly<FeatureVector>, predictions: Predictions, params?: ParamValues): string | null;
}

export interface OptionsPolicy {
  /** A pure function of logged values. Never throws. All options have predictions, or none has. */
  select(options: readonly OptionScored[], params?: ParamValues): Selection;
  /** How many of the options that were not shown are recorded. */
  readonly log: number;
}

const MOST_WHY = 500;

/** Compiles the policy. Formulas that the decision does not use are evaluated by `trace` only. */
export function compilePolicy(
  blueprint: Pick<BlueprintContent, "features" | "labels" | "policy" | "posterior" | "decisionSpace" | "episodes">,
): Policy {
  const { features, labels, policy, posterior, decisionSpace: space } = blueprint;
  const types = policyTypes([...predictionNames(blueprint), ...posteriorNames(posterior)], features, policy.params);
  const defaults = defaultValues(policy.params);
  const parameters = Object.keys(defaults);
  /** The predictions, and the parameters if there are any: no two of them have one name. */
  const inputs = (predictions: Predictions, params: ParamValues = defaults): Predictions => {
    if (parameters.length === 0) return predictions;
    const all: Record<string, number | null> = { ...predictions };
    for (const name of parameters) all[name] = ownValue(params, name) ?? defaults[name]!;
    return all;
  };
  const byHead = (predictions: Predictions, head: number): Predictions => ({
    ...predictions,
    ...Object.fromEntries(labels.map(({ name }) => [name, ownValue(predictions, headName(name, head)) ?? null])),
  });
  const featureOf = featureValues(features);
  const formulas = new Map<string, Formula>();
  for (const { name, formula } of policy.formulas) {
    const compiled = compileFormula(formula, types);
    formulas.set(name, compiled);
    types[name] = compiled.type;
  }
  const rule = kindOfRule(policy.rule).compute(policy.rule, types);

  const lookup = (vector: Readonly<FeatureVector>, predictions: Predictions) => {
    const known = new Map<string, FormulaValue>();
    const get = (name: string): FormulaValue => {
      const feature = featureOf(vector, name);
      if (feature !== undefined) return feature;
      const formula = formulas.get(name);
      if (formula === undefined) return ownValue(predictions, name) ?? null;
      const earlier = known.get(name);
      if (earlier !== undefined) return earlier;
      const value = formula.evaluate(get);
      known.set(name, value);
      return value;
    };
    return get;
  };

  const selecting = "select" in rule ? rule : null;
  const deciding = "decide" in rule ? rule : null;
  return {
    defaults,
    decide: (vector, predictions, params) =>
      deciding === null ? null : deciding.decide(lookup(vector, inputs(predictions, params))),
    distribution: (vector, predictions, params) =>
      deciding?.distribution?.(lookup(vector, inputs(predictions, params))) ?? null,
    options: selecting && {
      log: selecting.log ?? 0,
      select(options, params) {
        const names = options.map(({ vector, predictions }) => lookup(vector, inputs(predictions ?? {}, params)));
        const selection = selecting.select(names, options[0]?.predictions !== null);
        const scoresBy = (head: number): Selection["scores"] =>
          selecting.select(
            options.map(({ vector, predictions }) => lookup(vector, inputs(byHead(predictions ?? {}, head), params))),
            true,
          ).scores;
        return { ...selection, scoresBy, read: (index, name) => names[index]!(name) };
      },
    },
    // The file may name the actions in another order than the decision space.
    shares: "shares" in rule && space.kind === "actions" ? space.actions.map((action) => rule.shares[action]!) : null,
    trace: (vector, predictions, params) => {
      const get = lookup(vector, inputs(predictions, params));
      return [
        ...[...formulas].map(([formula, { trace }]) => ({ formula, steps: trace(get) })),
        { formula: policy.rule.kind, steps: rule.trace(get) },
      ];
    },
    why: (vector, predictions, params) => {
      const get = lookup(vector, inputs(predictions, params));
      const whyName: WhyName = (name) => formulas.get(name)?.why(get, whyName) ?? undefined;
      return (deciding ?? selecting)?.why?.(get, whyName)?.slice(0, MOST_WHY) ?? null;
    },
  };
}
