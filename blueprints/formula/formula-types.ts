import type { ContextType, ObservationType } from "../blueprint.ts";
import type { FormulaType } from "./index.ts";

/** A list is of no type that a formula has: `any`. A time is its ms since 1970. */
export function formulaType(type: ContextType | ObservationType): FormulaType {
  if (type === "number" || type === "boolean") return type;
  if (type === "time") return "number";
  return type === "category" || type === "key" || type === "text" ? "string" : "any";
}

/** The names for the labels' formulas, with their types. */
/** A list is of no type that a formula has: `any`. A time is its ms since 1970. */
export function formulaTypes(observations: Readonly<Record<string, ObservationType>>): Record<string, FormulaType> {
  return Object.fromEntries(Object.entries(observations).map(([name, type]) => [name, formulaType(type)]));
}
