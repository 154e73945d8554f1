import { computationOf, derivedValue, shown } from "../blueprints/index.ts";
import { ownValue } from "../streams/index.ts";
import type { Recomputed } from "./recompute.ts";

const JS_TYPES = { number: "number", category: "string", boolean: "boolean" } as const;

/**
 * The cause if a feature of the context was logged as missing although its value can be read: older releases could not
 * read a number, category or boolean that was sent as another type. Null: this is not the cause.
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

/**
 * The cause if a feature made of others differs: computed from their logged values it equals the logged one, so the
 * difference is theirs. Null: this is not the cause.
 */
export function causeOfDerived({ logged, found, compiled, features }: Recomputed, name: string): string | null {
  const { layout, blueprint } = compiled;
  const column = layout.find((each) => each.name === name);
  const computed = column === undefined ? undefined : computationOf(column.feature);
  if (computed?.from !== "features" || computed.names.length === 0) return null;
  const { features: was, decisionTime } = logged.decision;
  const now = derivedValue(blueprint, column!.feature, [...was], found.request.context, decisionTime);
  if (!Object.is(now, was[column!.index] ?? null)) return null;
  const slots = computed.names.map((each) => layout.findIndex((other) => other.name === each));
  const differing = computed.names.filter((_, at) => !Object.is(was[slots[at]!] ?? null, features[slots[at]!] ?? null));
  return `made of ${differing.join(", ")}`;
}
