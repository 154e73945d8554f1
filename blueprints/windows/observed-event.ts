import { setOwn } from "../../streams/index.ts";
import type { BlueprintContent } from "../blueprint.ts";
import { keyText } from "./group-key.ts";

type Value = null | boolean | number | string;

/** Context entries of a decision that a window can be kept by, as texts. */
export type DecisionKeys = Readonly<Record<string, string>>;

/** The entries of a context that a window can be kept by, whether or not one is: later versions have other windows. */
export function groupableEntries({ context }: Pick<BlueprintContent, "context">): readonly string[] {
  return Object.keys(context).filter((name) => context[name] === "key" || context[name] === "category");
}

const none: DecisionKeys = Object.freeze({});

/** @param names those of `groupableEntries`. Entries that are missing or empty are left out. */
export function decisionKeys(names: readonly string[], context: Readonly<Record<string, unknown>>): DecisionKeys {
  let keys: Record<string, string> | undefined;
  for (const name of names) {
    const text = keyText(context, name);
    if (text !== null) setOwn((keys ??= {}), name, text);
  }
  return keys ?? none;
}

/** What an observation calls itself, read as a category is; null: it has no kind. */
export const kindOf = (values: Readonly<Record<string, Value>>): string | null => keyText(values, "kind");

/**
 * The event that an observation also is, where it names its kind; `undefined`: it is none. It has the observation's values, and those
 * keys of its decision that it does not have itself. The kind need not be one that a blueprint names: a later version may.
 */
export function observedEvent(
  values: Readonly<Record<string, Value>>,
  keys: DecisionKeys,
): { readonly kind: string; readonly attributes: Readonly<Record<string, Value>> } | undefined {
  const kind = kindOf(values);
  if (kind === null) return undefined;
  const { kind: _, ...own } = values;
  const attributes = { ...keys, ...own };
  for (const name in keys) if (attributes[name] === null) attributes[name] = keys[name]!;
  return { kind, attributes };
}
