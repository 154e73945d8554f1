import { isScalar } from "yaml";
import type { VectorType } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import type { Names } from "../yaml/partly.ts";
import { vectorLength } from "../values/declared-value.ts";
import { complain, found, type Place } from "../yaml/place.ts";
import { checkName, readChoice } from "../yaml/scalars.ts";
import { readEntries } from "../yaml/section.ts";

/**
 * `name: type` pairs. An entry with a problem is left out.
 * @param isFree reports a name that stands for something else already
 */
export function readTypes<T extends string>(
  place: Place,
  what: string,
  read: (place: Place) => T | undefined,
  isFree: (name: Place, type: T, of: string) => boolean = () => true,
): Names<T> {
  const known: Record<string, T> = {};
  const entries = readEntries(place, what);
  if (entries === undefined) return { known, complete: false };
  let complete = entries.length <= BOUNDS.contextEntries;
  if (!complete) complain(place, `at most ${BOUNDS.contextEntries} entries, found ${entries.length}`);
  for (const { name, key, value, again } of entries.slice(0, BOUNDS.contextEntries)) {
    const isUsable = checkName(key, name);
    // Probably another name was meant, which may be used elsewhere.
    if (!isUsable) complete = false;
    const type = isUsable ? read(value) : undefined;
    if (type === undefined || again || !isFree(key, type, name)) place.source.broken.add(name);
    else known[name] = type;
  }
  return { known, complete };
}

/** One of these types, or a vector. */
export function readTypeOrVector<T extends string>(place: Place, types: readonly string[]): T | VectorType | undefined {
  const { node } = place;
  const written = isScalar(node) && typeof node.value === "string" ? node.value : "";
  if (!written.startsWith("vector")) return readChoice(place, types) as T | undefined;
  const length = vectorLength(written);
  const { min, max } = BOUNDS.vector;
  if (length === undefined)
    return complain(place, `expected vector(N), found ${found(place)}`, "N says how many numbers it has: vector(16)");
  if (length >= min && length <= max) return `vector(${length})`;
  return complain(place, `expected ${min} to ${max} numbers, found ${length}`);
}
