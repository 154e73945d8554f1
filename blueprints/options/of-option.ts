import type { BlueprintContent, Feature } from "../blueprint.ts";
import { computationOf } from "../features/kinds/index.ts";
import { optionEntries } from "../values/option-entries.ts";

/**
 * Indexes of the features that are of an option, ascending: they read an entry of it, or a feature that does. The others are of
 * the decision, and the same for all of its options.
 */
export function featuresOfOption(
  blueprint: Pick<BlueprintContent, "features" | "context" | "decisionSpace">,
): readonly number[] {
  const names = new Set(
    Object.keys(optionEntries(blueprint.decisionSpace)).filter((name) => !Object.hasOwn(blueprint.context, name)),
  );
  const indexes: number[] = [];
  if (names.size === 0) return indexes;
  for (const [index, feature] of blueprint.features.entries()) {
    if (!inputsOf(feature).some((name) => names.has(name))) continue;
    names.add(feature.name);
    indexes.push(index);
  }
  return indexes;
}

/** Names of entries and of earlier features: no two of them have one name, but for a feature that is the entry itself. */
function inputsOf(feature: Feature): readonly string[] {
  const computed = computationOf(feature);
  switch (computed.from) {
    case "context":
      return [computed.entry];
    case "events":
      return computed.window.by;
    case "table":
      return computed.lookup.by;
    case "features":
      return [...computed.names, ...(computed.entries ?? [])];
  }
}
