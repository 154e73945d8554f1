import { optionVector, type FeatureVector } from "../../blueprints/index.ts";
import type { DecisionRequested } from "../../schemas/index.ts";
import { findRequests } from "../find-requests.ts";
import { askedWindows } from "../asked-windows.ts";
import type { LoggedDecision } from "../logged-decisions.ts";
import { recompute } from "../recompute.ts";
import type { RecomputeSource, Tables } from "../source.ts";

/** A request with all of its options, of which the decision's record has only those that were shown. */
export interface Remade {
  readonly request: DecisionRequested;
  readonly options: readonly {
    readonly optionId: string;
    /** In the layout of the logged version. */
    readonly vector: FeatureVector;
    /** Of the logged model. */
    readonly predictions: Readonly<Record<string, number>>;
  }[];
}

/**
 * The requests of decisions over options, with the features and predictions of all options, made again by the logged
 * versions and models. One whose request or version is gone is not there. Reads the requests once, and the events.
 */
export async function remade(
  source: RecomputeSource,
  tables: Tables,
  logged: readonly LoggedDecision[],
): Promise<ReadonlyMap<LoggedDecision, Remade>> {
  const requests = await findRequests(source, logged);
  const windows = await askedWindows(source, tables, logged, requests);
  const all = new Map<LoggedDecision, Remade>();
  for (const one of await recompute(source, tables, logged, requests, windows)) {
    if ("gone" in one || one.compiled.options === null) continue;
    const { compiled, options, optionPredictions, found } = one;
    const shown = new Map(one.logged.decision.options.map((option) => [option.optionId, option]));
    all.set(one.logged, {
      request: found.request,
      options: options.map(({ optionId, features }, at) => {
        const { features: own, predictions } = shown.get(optionId) ?? {
          ...{ features, predictions: optionPredictions[at] ?? {} },
        };
        const vector = optionVector(one.logged.decision.features, own, compiled.options!);
        return { optionId, vector, predictions };
      }),
    });
  }
  return all;
}
