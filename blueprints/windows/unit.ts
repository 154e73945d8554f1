import type { BlueprintContent } from "../blueprint.ts";

/** The key of windows and rows by the decision's unit, and the attribute of their events. */
export const UNIT = "unit";

/** A context entry of that name comes first. */
export const isByUnit = (by: readonly string[], context: BlueprintContent["context"]): boolean =>
  by.includes(UNIT) && !Object.hasOwn(context, UNIT);
