import { shown } from "../blueprints/index.ts";
import { ownValue } from "../streams/index.ts";
import type { Recomputed } from "./recompute.ts";

const JS_TYPES = { number: "number", category: "string", boolean: "boolean" } as const;

/**
 * Why a feature of the context is logged as missing where its value can be read: older releases read no number, category or boolean that
 * was sent as a value of another type. Null: this is not why.
 */
export function causeOfValue({ logged, found, compiled, features }: Recomputed, name: string): string | null {
  const column = compiled.layout.find((each) => each.name === name);
  if (column?.feature.kind !== "context") return null;
  const { type } = column.feature;
  const sent = ownValue(found.request.context, name);
  const wasMissing = (logged.decision.features[column.index] ?? null) === null;
  if (!wasMissing || (features[column.index] ?? null) === null || typeof sent === JS_TYPES[type]) return null;
  return `${shown(sent)} was sent as a ${typeof sent} for a ${type}: older releases took it for missing`;
}
