import type { FeatureValue } from "../../blueprints/index.ts";
import { validBlueprints } from "../../catalogue/index.ts";
import type { DecisionRecorded } from "../../schemas/index.ts";
import { askedWindows } from "../asked-windows.ts";
import { findRequests } from "../find-requests.ts";
import type { LoggedDecision } from "../logged-decisions.ts";
import { featuresOf } from "../recompute.ts";
import type { RecomputeSource, Tables } from "../source.ts";

/** Features of all of a decision's options, in the order of its actions. */
export type OptionFeatures = readonly (readonly FeatureValue[])[];

/** `request`: it is gone. `changed`: made again today, the logged features would be other ones. */
export type NoFeatures = "request" | "changed";

/** From the record alone; `undefined`: it does not have all options. */
export function recordedFeatures({ actions, options }: DecisionRecorded): OptionFeatures | undefined {
  const byId = new Map(options.map(({ optionId, features }) => [optionId, features as readonly FeatureValue[]]));
  const found = actions.map((action) => byId.get(action as string));
  return found.includes(undefined) ? undefined : (found as OptionFeatures);
}

/**
 * Of decisions whose records have not all options: the others are made again from the request, the events and the
 * tables. They are given only if all that was logged comes out the same again, so none is made up. Reads the requests
 * and the events once.
 */
export async function remadeFeatures(
  source: RecomputeSource,
  tables: Tables,
  logged: readonly LoggedDecision[],
): Promise<ReadonlyMap<LoggedDecision, OptionFeatures | NoFeatures>> {
  const all = new Map<LoggedDecision, OptionFeatures | NoFeatures>();
  if (logged.length === 0) return all;
  const requests = await findRequests(source, logged);
  const windows = await askedWindows(source, tables, logged, requests);
  const known = validBlueprints(tables.blueprints);
  for (const one of logged) {
    const { decision } = one;
    const found = requests.of(one);
    if (found === undefined || known.version(decision.useCase, decision.blueprintVersion) === undefined) {
      all.set(one, "request");
      continue;
    }
    const { features, options } = featuresOf(one, found, tables, windows);
    const again = new Map(options.map((option) => [option.optionId, option.features]));
    const isSame =
      alike(decision.features, features) &&
      decision.actions.every((action) => again.has(action as string)) &&
      decision.options.every((option) => alike(option.features, again.get(option.optionId)!));
    all.set(one, isSame ? decision.actions.map((action) => again.get(action as string) as FeatureValue[]) : "changed");
  }
  return all;
}

const alike = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, at) => Object.is(value, b[at]));
