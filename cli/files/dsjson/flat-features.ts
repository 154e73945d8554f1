import { setOwn } from "../../../streams/index.ts";
import type { TableValue } from "../table-row.ts";

/** Features of one object by name. */
export interface FlatFeatures {
  readonly values: Record<string, TableValue>;
  /** Lists of plain values, as JSON. */
  readonly lists: Map<string, string>;
  /** The form of each value that is not taken. */
  readonly unfit: Map<string, string>;
}

/**
 * The features of an object of dsjson by their own names, whichever namespaces they are in. Names that begin with `_` are
 * no features: Vowpal Wabbit does not read them either, but `_text`, which is told as unfit.
 * @returns the fault: one name with two values
 */
export function flatFeatures(object: object): FlatFeatures | { readonly problem: string } {
  const found: FlatFeatures = { values: {}, lists: new Map(), unfit: new Map() };
  const problem = addTo(found, object);
  return problem === undefined ? found : { problem };
}

function addTo(found: FlatFeatures, object: object): string | undefined {
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (name === "_text") found.unfit.set(name, "words that are no features by name");
    if (name.startsWith("_") || value === null) continue;
    const problem = addOne(found, name, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function addOne(found: FlatFeatures, name: string, value: unknown): string | undefined {
  if (Array.isArray(value)) {
    if (value.every((item) => item === null || typeof item !== "object"))
      return keep(found, name, JSON.stringify(value));
    for (const item of value as readonly unknown[]) {
      if (typeof item !== "object" || item === null || Array.isArray(item))
        return `the list ${name} holds objects and other values`;
      const problem = addTo(found, item);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (typeof value === "object" && value !== null) return addTo(found, value);
  if (typeof value === "string" && !value.isWellFormed()) {
    found.unfit.set(name, "half a character");
    return undefined;
  }
  return keep(found, name, undefined, value as TableValue);
}

/** @param list its JSON; absent: it is a plain value */
function keep({ values, lists, unfit }: FlatFeatures, name: string, list: string | undefined, value?: TableValue) {
  if (!name.isWellFormed()) {
    unfit.set(name, "half a character in its name");
    return undefined;
  }
  const now = list ?? value;
  const before = lists.get(name) ?? (Object.hasOwn(values, name) ? values[name] : undefined);
  if (before !== undefined && before !== now)
    return `the feature ${name} is there twice, as ${JSON.stringify(before)} and ${JSON.stringify(now)}: give each a name of its own`;
  if (list === undefined) setOwn(values, name, value!);
  else lists.set(name, list);
  return undefined;
}
