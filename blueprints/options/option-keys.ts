import type { BlueprintContent, DecisionSpace } from "../blueprint.ts";
import { isOverOptions } from "../policy/rules/index.ts";
import { OPTION, optionEntries } from "../values/option-entries.ts";
import { decisionKeys, groupableEntries, type DecisionKeys } from "../windows/observed-event.ts";
import { optionsOf, type OptionGiven } from "./option-given.ts";

/** The actions of a space as options, whose entries are their settings; null: it has none. */
export const actionsAsOptions = (space: DecisionSpace): readonly OptionGiven[] | null =>
  space.kind === "actions"
    ? space.actions.map((optionId) => ({ optionId, context: space.payloads?.[optionId] ?? {} }))
    : null;

/** The entries of an option, beside its id, that windows can be kept by, even if none is yet: later versions have other windows. */
function groupableOfOptions(
  blueprint: Pick<BlueprintContent, "context" | "decisionSpace" | "policy">,
): readonly string[] {
  if (!isOverOptions(blueprint)) return [];
  const names = groupableEntries({ context: optionEntries(blueprint.decisionSpace) });
  return names.filter((name) => name !== OPTION && !Object.hasOwn(blueprint.context, name));
}

const none: ReadonlyMap<string, DecisionKeys> = new Map();

/** A function from the candidates of a request to the keys of its options, by their ids; empty if they have none beside the id. */
export function keysByOption(
  blueprint: Pick<BlueprintContent, "context" | "decisionSpace" | "policy">,
): (candidates: readonly OptionGiven[]) => ReadonlyMap<string, DecisionKeys> {
  const names = groupableOfOptions(blueprint);
  if (names.length === 0) return () => none;
  const actions = actionsAsOptions(blueprint.decisionSpace);
  return (candidates) =>
    new Map(
      optionsOf(candidates, { actions }).map(({ optionId, context }) => [optionId, decisionKeys(names, context)]),
    );
}

/**
 * The keys of an observation's event: those of its decision, those of the option that it is about, and the option's id.
 *
 * @param ofOption absent: only the id of the option is known
 */
export const keysWithOption = (keys: DecisionKeys, optionId: string, ofOption?: DecisionKeys): DecisionKeys =>
  optionId === "" ? keys : { ...keys, ...ofOption, [OPTION]: optionId };
