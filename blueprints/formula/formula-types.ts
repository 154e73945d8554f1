import type { ContextType, ObservationType } from "../blueprint.ts";
import type { FormulaType } from "./index.ts";

export function formulaType(type: ContextType | ObservationType): FormulaType {
  return type === "category" || type === "key" ? "string" : type;
}

/** What the label's formulas may name. */
export function formulaTypes(observations: Readonly<Record<string, ObservationType>>): Record<string, FormulaType> {
  return Object.fromEntries(Object.entries(observations).map(([name, type]) => [name, formulaType(type)]));
}
