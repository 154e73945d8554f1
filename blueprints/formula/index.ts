export { partsOf, type FormulaNode, type FormulaType, type FormulaValue } from "./ast.ts";
export { mendOf, type UnusableName } from "./check-types.ts";
export type { Lookup } from "./compile-node.ts";
export { canonicalFormula, compileFormula, type Formula } from "./formula.ts";
export { FormulaError } from "./formula-error.ts";
export { FORMULA_WORDS } from "./functions.ts";
export type { WhyName } from "./why-missing.ts";
export type { TraceStep } from "./trace-formula.ts";
