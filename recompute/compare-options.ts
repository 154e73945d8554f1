import { ownValue } from "../streams/index.ts";
import type { DifferenceKind } from "./difference.ts";
import type { Recomputed } from "./recompute.ts";

/** A value of an option, as it was logged and as it is. */
export interface OptionValue {
  readonly kind: DifferenceKind;
  /** The option's id and what of it: `m17.price`. */
  readonly field: string;
  readonly logged: unknown;
  readonly recomputed: unknown;
}

/** The values of the options on the record, and of those that should be on it, whether or not they differ. */
export function* optionValues(recomputed: Recomputed): Iterable<OptionValue> {
  const { logged, compiled, options, optionPredictions, failure, decision: again } = recomputed;
  const { decision } = logged;
  if (compiled.options === null && decision.options.length === 0) return;
  const { slots } = compiled.options ?? { slots: [] };
  const at = new Map(options.map(({ optionId }, index) => [optionId, index]));
  yield { kind: "request", field: "candidates", logged: decision.candidates, recomputed: again.candidates };
  for (const { optionId, features, predictions } of decision.options) {
    const index = at.get(optionId);
    if (index === undefined) {
      yield { kind: "request", field: optionId, logged: optionId, recomputed: null };
      continue;
    }
    for (const [place, slot] of slots.entries()) {
      const field = `${optionId}.${compiled.featureNames[slot]!}`;
      const is = options[index]!.features[place] ?? null;
      yield { kind: "features", field, logged: features[place] ?? null, recomputed: is };
    }
    if (failure !== undefined) continue;
    const own = optionPredictions[index] ?? {};
    for (const name of new Set([...Object.keys(predictions), ...Object.keys(own)])) {
      const [was, is] = [ownValue(predictions, name) ?? null, ownValue(own, name) ?? null];
      yield { kind: "predictions", field: `${optionId}.${name}`, logged: was, recomputed: is };
    }
  }
  const recorded = (one: typeof decision): readonly string[] => one.options.map(({ optionId }) => optionId);
  yield { kind: "action", field: "options", logged: recorded(decision), recomputed: recorded(again) };
  const byId = new Map(again.options.map((option) => [option.optionId, option]));
  for (const option of decision.options) {
    const is = byId.get(option.optionId);
    if (is === undefined) continue;
    yield { kind: "action", field: `${option.optionId}.score`, logged: option.score, recomputed: is.score };
    yield { kind: "action", field: `${option.optionId}.position`, logged: option.position, recomputed: is.position };
    yield {
      ...{ kind: "propensity", field: `${option.optionId}.propensity` },
      ...{ logged: option.propensity, recomputed: is.propensity },
    };
    yield { kind: "propensity", field: `${option.optionId}.sampled`, logged: option.sampled, recomputed: is.sampled };
  }
}
