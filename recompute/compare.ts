import { ownValue } from "../streams/index.ts";
import { differenceOf, type Difference, type DifferenceKind } from "./difference.ts";
import { optionValues } from "./compare-options.ts";
import type { NotRecomputed, Recomputed } from "./recompute.ts";

/** Fields that the policy's stage makes, with the kind of a difference in them. */
const POLICY = [
  ["unit", "request"],
  ["deferred", "request"],
  ["seed", "seed"],
  ["actions", "propensity"],
  ["scores", "action"],
  ["beliefs", "action"],
  ["distribution", "propensity"],
  ["propensity", "propensity"],
  ["value", "action"],
  ["proposed", "action"],
  ["reason", "action"],
] as const;

/**
 * Every difference, in the order of the stages; without any, the decision is re-derived. Numbers are compared bit for
 * bit.
 */
export function compareDecision(recomputed: Recomputed | NotRecomputed): readonly Difference[] {
  const { logged } = recomputed;
  const { decision } = logged;
  if ("gone" in recomputed) return [goneOf(recomputed)];
  const differences: Difference[] = [];
  const compare = (kind: DifferenceKind, field: string, was: unknown, is: unknown): void => {
    if (!equal(was, is)) differences.push(differenceOf(logged, kind, field, was, is));
  };
  const { compiled, liveVersion, features, params, assigned, states, failure, predictions } = recomputed;
  compare("blueprint", "blueprintVersion", decision.blueprintVersion, liveVersion ?? null);
  if (decision.features.length !== compiled.layout.length) {
    compare("features", "length", decision.features.length, compiled.layout.length);
  }
  for (const { name, index } of compiled.layout) {
    compare("features", name, decision.features[index] ?? null, features[index] ?? null);
  }
  compare("model", "modelId", decision.modelId, assigned?.modelId ?? null);
  // An action of history was taken before anything was learnt here.
  if (decision.reason !== "logged")
    for (const { optionId, used, newest } of states) compare("posterior", optionId, used, newest);
  if (failure !== undefined) {
    differences.push(differenceOf(logged, "model", "artifact", decision.modelId, failure));
  } else {
    for (const name of new Set([...Object.keys(decision.predictions), ...Object.keys(predictions)])) {
      compare("predictions", name, ownValue(decision.predictions, name) ?? null, ownValue(predictions, name) ?? null);
    }
  }
  for (const name of new Set([...Object.keys(decision.parameters), ...Object.keys(params)])) {
    compare("parameters", name, ownValue(decision.parameters, name) ?? null, ownValue(params, name) ?? null);
  }
  const isKnown = decision.modelId !== null && decision.reason !== "logged";
  if (isKnown) compare("mode", "mode", decision.mode, recomputed.mode);
  for (const [field, kind] of POLICY) compare(kind, field, decision[field], recomputed.decision[field]);
  for (const one of optionValues(recomputed)) compare(one.kind, one.field, one.logged, one.recomputed);
  return differences;
}

function goneOf({ logged, gone, problem }: NotRecomputed): Difference {
  const { decision } = logged;
  return gone === "request"
    ? differenceOf(logged, "request", "request", decision.decisionId, "no request with this id and time is there")
    : differenceOf(
        logged,
        "blueprint",
        "blueprintVersion",
        decision.blueprintVersion,
        problem ?? "no such version is there",
      );
}

function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, at) => equal(one, b[at]));
  return Object.is(a, b);
}
