import type { FreeNames } from "./free-names.ts";
import { hashFeature, type ContextPlan } from "./plan-context.ts";
import type { WindowPlan } from "./windows/plan-windows.ts";
import type { LeftOut, SuggestedEntry, SuggestedFeature } from "./suggestion.ts";
import type { TableProfile } from "./profile/table-profile.ts";
import { many } from "./words.ts";

/** Of more different values a hash says little. */
const MOST_HASHED = 5_000;

export interface KeysAfter {
  readonly entries: readonly SuggestedEntry[];
  readonly features: readonly SuggestedFeature[];
  readonly leftOut: readonly LeftOut[];
}

/** The entries once the windows are known: a key that no window is kept by becomes a category with a hash, or goes. */
export function keysAfter(
  { entries, late }: ContextPlan,
  { used }: Pick<WindowPlan, "used">,
  decisions: TableProfile,
  names: FreeNames,
): KeysAfter {
  const features: SuggestedFeature[] = [];
  const leftOut: LeftOut[] = [];
  const kept = entries.flatMap((entry): readonly SuggestedEntry[] => {
    const { name, type } = entry;
    if (type !== "key" || used.has(name)) return [entry];
    const distinct = decisions.columns.get(name)!.distinct.size;
    if (distinct <= MOST_HASHED && !late.has(name)) {
      features.push(hashFeature(name, distinct, names));
      return [{ ...entry, type: "category" }];
    }
    leftOut.push({ what: name, why: `has ${many(distinct)} different values, and no window by it says enough` });
    return [];
  });
  return { entries: kept, features, leftOut };
}
