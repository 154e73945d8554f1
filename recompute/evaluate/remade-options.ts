import { optionVector, type FeatureVector } from "../../blueprints/index.ts";
import { validBlueprints } from "../../catalogue/index.ts";
import type { WindowBytes } from "../../operators/index.ts";
import type { DecisionRequested } from "../../schemas/index.ts";
import { findRequests } from "../find-requests.ts";
import type { LoggedDecision } from "../logged-decisions.ts";
import { featuresOf, recompute } from "../recompute.ts";
import { refusedEvents, type RecomputeSource, type Tables } from "../source.ts";
import { windowTiles } from "../window-tiles.ts";

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
  const known = validBlueprints(tables.blueprints);
  const ask = (windows: WindowBytes): void => {
    for (const one of logged) {
      const found = requests.of(one);
      const { useCase, blueprintVersion } = one.decision;
      if (found !== undefined && known.version(useCase, blueprintVersion) !== undefined)
        featuresOf(one, found, tables, windows);
    }
  };
  const windows = await windowTiles(source, tables, ask, await refusedEvents(source));
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
