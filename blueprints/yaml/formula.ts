import { isScalar } from "yaml";
import {
  compileFormula,
  FormulaError,
  mendOf,
  type Formula,
  type FormulaNode,
  type FormulaType,
  type UnusableName,
} from "../formula/index.ts";
import { lostNumber } from "../lost-number.ts";
import type { Names } from "./partly.ts";
import { complain, found, offsetOf, type Place } from "./place.ts";

/** The names for a formula. */
export interface FormulaNames extends Names<FormulaType> {
  /** Texts that it may compare with or return: a bare one without quotes gets a hint. */
  readonly texts?: readonly string[];
  /** Known names that it can't use. */
  readonly unusable?: ReadonlyMap<string, UnusableName>;
  /** Numbers that are 0 or 1: they stand for conditions too. */
  readonly flags?: ReadonlySet<string>;
}

/**
 * Compiles the formula at a place. An error points at its column in the file if the text stands there verbatim.
 * @param wanted `undefined`: a part that it needs could not be read.
 */
export function readFormula(
  place: Place,
  names: FormulaNames,
  wanted: readonly FormulaType[] | undefined,
): Formula | undefined {
  const text = formulaText(place);
  if (text === undefined) return undefined;
  try {
    const { broken } = place.source;
    const known = { ...Object.fromEntries([...broken].map((name) => [name, "any" as const])), ...names.known };
    const formula = compileFormula(text, known, {
      open: !names.complete,
      texts: names.texts ?? [],
      ...(names.unusable === undefined ? {} : { unusable: names.unusable }),
      ...(names.flags === undefined ? {} : { flags: names.flags }),
    });
    const isSure = formula.names.every((name) => Object.hasOwn(names.known, name));
    if (wanted === undefined || wanted.includes(formula.type) || !isSure) return formula;
    const isNull = formula.type === "any";
    return complain(
      place,
      `expected a ${wanted.join(" or ")}, "${text}" is ${isNull ? "always null" : `a ${formula.type}`}`,
      isNull ? "write what it is where nothing is missing" : mendOf(text, formula.type, wanted[0]!),
    );
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    place.source.reportAt(offsetIn(place, text, error.column - 1), place.path, error.reason, error.hint);
    return undefined;
  }
}

/** The place of a part of a formula in the file; the formula's beginning if the text does not stand there verbatim. */
export function placeInFormula(place: Place, { text }: Formula, { start }: Pick<FormulaNode, "start">): number {
  return offsetIn(place, text, start);
}

function offsetIn(place: Place, text: string, at: number): number {
  const offset = offsetOf(place);
  const verbatim = place.source.text.slice(offset, place.node?.range?.[1]).indexOf(text);
  return verbatim < 0 ? offset : offset + verbatim + at;
}

/** A formula that is a constant (`true`, `1`) is no string in YAML: its source text is used. */
function formulaText(place: Place): string | undefined {
  const { node } = place;
  if (isScalar(node)) {
    if (typeof node.value === "string" && node.value.trim() !== "") return node.value;
    // Its text is a problem already.
    if (typeof node.value === "number" && lostNumber(node.source ?? "") !== undefined) return undefined;
    if ((typeof node.value === "number" || typeof node.value === "boolean") && node.source) return node.source;
  }
  return complain(place, `expected a formula, found ${found(place)}`);
}
