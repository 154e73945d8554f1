import { categoryOf } from "../values/category-value.ts";
import { UNIT } from "./unit.ts";
import type { WindowGroup } from "./window-groups.ts";

/**
 * The key of a group's state for a request's context or an event's attributes. Null if a by-value is missing: then
 * nothing is stored, and the windows are null. Without by-values the key is empty. One value is its own key. Several are joined by `/`, with `/` and `%`
 * escaped, so that no two lists share a key. Other values than texts are read as categories: 42 is "42".
 */
export function groupKey(group: Pick<WindowGroup, "by">, attributes: Readonly<Record<string, unknown>>): string | null {
  const { by } = group;
  if (by.length === 1) return keyText(attributes, by[0] as string);
  let key = "";
  for (let i = 0; i < by.length; i++) {
    const text = keyText(attributes, by[i] as string);
    if (text === null) return null;
    const part = text.includes("/") || text.includes("%") ? text.replaceAll("%", "%25").replaceAll("/", "%2F") : text;
    key = i === 0 ? part : `${key}/${part}`;
  }
  return key;
}

/** A group's key of a request, whose unit is no entry of its context. */
export function requestKey(
  group: Pick<WindowGroup, "by" | "byUnit">,
  { context, unit }: { readonly context: Readonly<Record<string, unknown>>; readonly unit: string },
): string | null {
  if (!group.byUnit) return groupKey(group, context);
  if (group.by.length === 1) return unit === "" ? null : unit;
  return groupKey(group, withUnit(context, unit));
}

/** A request's context with its unit as an entry, if features read it so. */
export const contextOf = (
  { readsUnit }: { readonly readsUnit: boolean },
  { context, unit }: { readonly context: Readonly<Record<string, unknown>>; readonly unit: string },
): Readonly<Record<string, unknown>> => (readsUnit ? withUnit(context, unit) : context);

const withUnit = (context: Readonly<Record<string, unknown>>, unit: string): Readonly<Record<string, unknown>> => ({
  ...context,
  [UNIT]: unit,
});

/** A value as a key or part of one; null: it is missing, or can't be one. */
export function keyText(attributes: Readonly<Record<string, unknown>>, name: string): string | null {
  if (!Object.hasOwn(attributes, name)) return null;
  const value = attributes[name];
  return typeof value === "string" && value !== "" ? value : (categoryOf(value) ?? null);
}
