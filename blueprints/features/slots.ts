import type { Feature, Slot } from "../blueprint.ts";

/** Its place among the features of one entry of the list; undefined: it is the only one. */
export function slotOf(feature: Feature): Slot | undefined {
  return "slot" in feature ? (feature.slot as Slot) : undefined;
}

/** The features by entry of the list, in its order: each alone, or all slots of one. */
export function entriesOf(features: readonly Feature[]): readonly (readonly Feature[])[] {
  const entries: Feature[][] = [];
  let current: string | undefined;
  for (const feature of features) {
    const of = slotOf(feature)?.of;
    if (of !== undefined && of === current) entries.at(-1)!.push(feature);
    else entries.push([feature]);
    current = of;
  }
  return entries;
}

/** The name of an entry of the list. */
export const entryName = ([first]: readonly Feature[]): string => slotOf(first!)?.of ?? first!.name;
