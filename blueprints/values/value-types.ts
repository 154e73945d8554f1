import type { BlueprintContent } from "../blueprint.ts";
import type { DeclaredType } from "./declared-value.ts";
import { fieldType } from "./field-value.ts";

/** The declared type of each name. */
export type ValueTypes = ReadonlyMap<string, DeclaredType>;

export function contextTypes({ context }: Pick<BlueprintContent, "context">): ValueTypes {
  return new Map(Object.entries(context));
}

/** The declared entries, and the fields of events, since an observation may also be an event. */
export function observationTypes({
  observations,
  events,
}: Pick<BlueprintContent, "observations" | "events">): ValueTypes {
  const types = new Map<string, DeclaredType>(Object.entries(observations));
  for (const [name, type] of eventFieldTypes({ events })) types.set(name, type);
  return types;
}

/** The fields of all kinds of events. */
export function eventFieldTypes({ events }: Pick<BlueprintContent, "events">): ValueTypes {
  const types = new Map<string, DeclaredType>();
  for (const kind of Object.values(events)) {
    for (const field of kind.fields) types.set(field, fieldType(kind, field) === "category" ? "category" : "field");
  }
  return types;
}
