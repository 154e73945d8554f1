import { canonicalFormula, compileFormula, type FormulaType, type FormulaValue } from "../../formula/index.ts";
import { formulaType } from "../../formula/formula-types.ts";
import { readFormula } from "../../yaml/formula.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readSection, required } from "../../yaml/section.ts";
import type { FeatureKind, FeaturesKnown, FeatureType, FeatureValue, ReadFeature } from "../feature-kind.ts";
import { formulaInputs, givenInputs, inputsNamed, type Input } from "../inputs.ts";

/** A formula of the policy's language over entries of the context and earlier features. */
export interface FormulaFeature {
  readonly kind: "formula";
  readonly name: string;
  readonly formula: string;
  readonly type: FeatureType;
  readonly inputs: readonly Input[];
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    formula: FormulaFeature;
  }
}

/** The value is missing if the formula's is: an operand is missing, or the result is no finite number. */
export const formulaKind: FeatureKind<FormulaFeature> = {
  name: "formula",
  written: "section",
  keys: () => ({ formula: ["formula: number, boolean or text", "required"] }),
  marks: () => ["formula"],
  read,
  canonical: ({ formula, ...feature }) => ({ ...feature, formula: canonicalFormula(formula) }),
  describe: ({ formula }) => formula,
  meaning: ({ formula }) => canonicalFormula(formula),
  columnDoc: ({ formula, type }) =>
    `${formula}${type === "boolean" ? ", 1 or 0" : ""}; null when a part of it was missing or it is no finite number.`,
  type: ({ type }) => type,
  compute({ formula, inputs }) {
    const { names, entries, at } = givenInputs(inputs);
    const types: Record<string, FormulaType> = { decisionTime: "number" };
    for (const { name, type } of inputs) types[name] = formulaType(type);
    const { evaluate } = compileFormula(formula, types);
    const places = new Map(
      inputs.map(({ name, type }, index) => [name, { at: at[index]!, truth: type === "boolean" }]),
    );
    return {
      from: "features",
      names,
      entries,
      value: (given, time) =>
        featureValue(
          evaluate((name) => {
            const place = places.get(name);
            if (place === undefined) return time;
            const value = given[place.at] as FeatureValue;
            return place.truth && value !== null ? value === 1 : value;
          }),
        ),
    };
  },
};

function featureValue(value: FormulaValue): FeatureValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  // Adding 0 turns −0 into 0: one value, one set of bytes.
  return typeof value === "number" ? value + 0 : value === "" ? null : value;
}

function read(place: Place, name: string, known: FeaturesKnown): ReadFeature<FormulaFeature> {
  const section = readSection(place, ["formula"]);
  const names = formulaInputs(name, known);
  const read = required(section, "formula", (at) => {
    const formula = readFormula(at, names, undefined);
    if (formula === undefined) return undefined;
    const isSure = formula.names.every((each) => Object.hasOwn(names.known, each));
    if (formula.type !== "any") return isSure ? formula : undefined;
    return isSure
      ? complain(at, `"${formula.text}" is always null`, "leave the feature out, or write what it is made of")
      : undefined;
  });
  if (read === undefined) return "unusable";
  const type = read.type === "string" ? "category" : (read.type as "number" | "boolean");
  return { kind: "formula", name, formula: read.text, type, inputs: inputsNamed(read.names, known) };
}
