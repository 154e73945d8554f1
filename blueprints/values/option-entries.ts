import type { BlueprintContent, ContextType, DecisionSpace } from "../blueprint.ts";

/** The entry that is an option's id. */
export const OPTION = "option";

type Entries = Readonly<Record<string, ContextType>>;

const none: Entries = Object.freeze({});
const SETTINGS: Readonly<Record<string, ContextType>> = { boolean: "boolean", number: "number", string: "category" };

/**
 * The entries of each option of a decision space, with their types: those that candidates bring, or the settings of an
 * action's payload, and the option's id. Empty if the space has no options.
 */
export function optionEntries(space: DecisionSpace | undefined): Entries {
  if (space?.kind === "options") return { ...space.entries, [OPTION]: "category" };
  if (space?.kind !== "actions") return none;
  const [first] = Object.values(space.payloads ?? {});
  const settings = Object.entries(first ?? {}).map(([name, value]) => [name, SETTINGS[typeof value]!] as const);
  return { ...Object.fromEntries(settings), [OPTION]: "category" };
}

/** All entries that features are made of: those of the context come first. */
export const entryTypes = (blueprint: Pick<BlueprintContent, "context" | "decisionSpace">): Entries => ({
  ...optionEntries(blueprint.decisionSpace),
  ...blueprint.context,
});
