import type { ContextType, ObservationType } from "../blueprint.ts";
import type { FormulaType } from "./index.ts";

export function formulaType(type: ContextType | ObservationType): FormulaType {
  return type === "category" || type === "key" ? "string" : type;
}

/** The names for the labels' formulas, with their types. */
export function formulaTypes(observations: Readonly<Record<string, ObservationType>>): Record<string, FormulaType> {
  return Object.fromEntries(Object.entries(observations).map(([name, type]) => [name, formulaType(type)]));
}
