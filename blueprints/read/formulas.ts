import { isScalar } from "yaml";
import { compileFormula, FormulaError, type Formula, type FormulaType } from "../formula/index.ts";
import { complain, found, offsetOf, type Place } from "./place.ts";

/** Compiles the formula at a place; an error points at its column in the file where the text stands there verbatim. */
export function readFormula(
  place: Place,
  names: Readonly<Record<string, FormulaType>>,
  wanted: readonly FormulaType[],
): Formula | undefined {
  const text = formulaText(place);
  if (text === undefined) return undefined;
  try {
    const { broken } = place.source;
    const formula = compileFormula(text, { ...Object.fromEntries([...broken].map((name) => [name, "any"])), ...names });
    if (wanted.includes(formula.type) || formula.names.some((name) => broken.has(name))) return formula;
    return complain(
      place,
      `expected a ${wanted.join(" or ")}, "${text}" is ${formula.type === "any" ? "always null" : `a ${formula.type}`}`,
    );
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const offset = offsetOf(place);
    const verbatim = place.source.text.slice(offset, place.node?.range?.[1]).indexOf(text);
    const at = verbatim < 0 ? offset : offset + verbatim + error.column - 1;
    place.source.reportAt(at, place.path, error.reason, error.hint);
    return undefined;
  }
}

/** A formula that is a constant (`true`, `1`) is no string in YAML: its source is taken. */
function formulaText(place: Place): string | undefined {
  const { node } = place;
  if (isScalar(node)) {
    if (typeof node.value === "string" && node.value.trim() !== "") return node.value;
    if ((typeof node.value === "number" || typeof node.value === "boolean") && node.source) return node.source;
  }
  return complain(place, `expected a formula, found ${found(place)}`);
}
