import { BOUNDS } from "../defaults.ts";
import type { Names } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { checkName } from "../yaml/scalars.ts";
import { readEntries } from "../yaml/section.ts";

/** `name: type` pairs. An entry with a problem is left out. */
export function readTypes<T extends string>(
  place: Place,
  what: string,
  read: (place: Place) => T | undefined,
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
    if (type === undefined || again) place.source.broken.add(name);
    else known[name] = type;
  }
  return { known, complete };
}
