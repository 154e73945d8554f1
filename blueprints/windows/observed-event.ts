import { setOwn } from "../../streams/index.ts";
import type { BlueprintContent } from "../blueprint.ts";
import { keyText } from "./group-key.ts";
import { UNIT } from "./unit.ts";

type Value = null | boolean | number | string;

/** Entries of a decision's context that windows can be kept by, as texts. */
export type DecisionKeys = Readonly<Record<string, string>>;

/** The entries of a context that windows can be kept by, even if none is yet: later versions have other windows. */
export function groupableEntries({ context }: Pick<BlueprintContent, "context">): readonly string[] {
  return Object.keys(context).filter((name) => context[name] === "key" || context[name] === "category");
}

const none: DecisionKeys = Object.freeze({});

/** @param names those of `groupableEntries`. Missing and empty entries are left out. */
export function decisionKeys(names: readonly string[], context: Readonly<Record<string, unknown>>): DecisionKeys {
  let keys: Record<string, string> | undefined;
  for (const name of names) {
    const text = keyText(context, name);
    if (text !== null) setOwn((keys ??= {}), name, text);
  }
  return keys ?? none;
}

/** The same with the decision's unit; an entry of that name comes first. */
export const keysWithUnit = (keys: DecisionKeys, unit: string): DecisionKeys => ({ [UNIT]: unit, ...keys });

/** An observation's kind, read as a category; null: it has none. */
export const kindOf = (values: Readonly<Record<string, Value>>): string | null => keyText(values, "kind");

/**
 * The event that an observation with a kind also is; `undefined`: it has no kind. The event has the observation's
 * values, and those keys of its decision that the observation lacks. No blueprint has to know the kind: a later version
 * may.
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
