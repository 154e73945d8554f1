import type { CompiledBlueprint, FeatureVector, Predictions } from "../../blueprints/index.ts";

/** The probabilities with which a decision's actions are taken, in the order of the decision space. */
export type Chances = (vector: Readonly<FeatureVector>, predictions: Predictions) => readonly number[];

/** What a blueprint's policy does with a model's predictions, with its exploration. */
export function policyChances({ policy, explorer, blueprint, episodes }: CompiledBlueprint): Chances {
  const { actions } = episodes!;
  const isBoolean = blueprint.decisionSpace.kind === "boolean";
  return (vector, predictions) => {
    const drawn = policy.distribution(vector, predictions);
    if (drawn !== null) return drawn;
    const own = policy.decide(vector, predictions);
    const greedy = actions.indexOf(isBoolean ? String(own) : (own as string));
    const scores = actions.map((_, at) => Number(at === greedy));
    return explorer === null ? scores : explorer.distribution({ scores, greedy, beliefs: [] }, policy.defaults);
  };
}
