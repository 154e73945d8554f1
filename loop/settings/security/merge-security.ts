import type { SecurityOptions, SecuritySetting } from "./security-names.ts";

/** One place of settings, and the name of a setting there, for people. */
export interface SecurityPlace {
  readonly options: SecurityOptions;
  readonly named: (name: SecuritySetting) => string;
}

/**
 * The settings of several places, the first place before the others. A secret and its file are one thing: given in an
 * earlier place, either displaces both of a later one.
 */
export function mergeSecurity(places: readonly SecurityPlace[]): SecurityPlace {
  const from = new Map<string, SecurityPlace>();
  const options: Partial<Record<SecuritySetting, string>> = {};
  for (const place of places) {
    for (const [name, value] of Object.entries(place.options) as [SecuritySetting, string | undefined][]) {
      if (value === undefined) continue;
      const thing = name.replace(/\.file$/, "");
      if ((from.get(thing) ?? place) !== place) continue;
      from.set(thing, place);
      options[name] = value;
    }
  }
  return { options, named: (name) => from.get(name.replace(/\.file$/, ""))?.named(name) ?? name };
}
