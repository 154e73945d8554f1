import { recordLimits } from "../../schemas/index.ts";
import type { BlueprintContent, Feature, LabelConfig } from "../blueprint.ts";
import { featureType } from "../features/kinds/index.ts";
import { compileFormula, type FormulaType, type FormulaValue } from "../formula/index.ts";
import { policyTypes } from "../policy/policy-types.ts";
import { isOverOptions } from "../policy/rules/index.ts";
import type { Partly } from "../yaml/partly.ts";
import { labelColumns, maturityColumn } from "./label-columns.ts";

/** The columns of a training row by name. A boolean feature is 1 or 0 in them. */
type Row = Readonly<Record<string, unknown>>;

/** The weights of training rows. Pure functions of a row. */
export interface RowWeight {
  /** From 0 to `largestWeight`; null: the row has none, and can't be learnt from. */
  of(row: Row): number | null;
  /** A label that the weight is made of waits: the row has no weight yet. */
  waits(row: Row): boolean;
  /** The reason that a row has no weight, in words: `propensity is missing`. There are few of them. */
  why(row: Row): string;
}

/** Columns of rows of options that a weight may name. */
export const OPTION_NUMBERS = ["optionPosition", "optionScore"] as const;

/** Columns that a weight may name beside labels and features. */
export const weightColumns = (overOptions: boolean): readonly string[] =>
  overOptions ? ["propensity", ...OPTION_NUMBERS] : ["propensity"];

/** The names of a weight's formula with their types: labels as numbers, features, and columns of the row. */
export function weightTypes(
  labels: readonly string[],
  features: readonly Feature[],
  overOptions: boolean,
): Readonly<Record<string, FormulaType>> {
  return {
    ...Object.fromEntries(weightColumns(overOptions).map((name) => [name, "number" as const])),
    ...policyTypes(labels, features),
  };
}

/** The labels that are 0 or 1: they are conditions too. */
export const weightFlags = (labels: readonly Partly<Pick<LabelConfig, "name" | "objective">>[]): ReadonlySet<string> =>
  new Set(labels.flatMap(({ name, objective }) => (name !== undefined && objective === "binary" ? [name] : [])));

/** `undefined`: all rows count the same. */
export function compileWeight(
  blueprint: Pick<BlueprintContent, "training" | "labels" | "features" | "policy">,
): RowWeight | undefined {
  const { training, labels, features } = blueprint;
  if (training.weight === null) return undefined;
  const types = weightTypes(
    labels.map(({ name }) => name),
    features,
    isOverOptions(blueprint),
  );
  const { names, evaluate, why } = compileFormula(training.weight, types, { flags: weightFlags(labels) });
  const columns = new Map(labelColumns(labels).map(({ name, value }) => [name, value]));
  const booleans = new Set(features.filter((feature) => featureType(feature) === "boolean").map(({ name }) => name));
  const maturities = names.filter((name) => columns.has(name)).map(maturityColumn);
  const lookup = (row: Row) => (name: string) => {
    const value = (row[columns.get(name) ?? name] ?? null) as FormulaValue;
    return booleans.has(name) && value !== null ? value === 1 : value;
  };
  const of = (row: Row): number | null => {
    const value = evaluate(lookup(row));
    return typeof value === "number" && value >= 0 && value <= recordLimits.largestWeight ? value : null;
  };
  return {
    of,
    waits: (row) => maturities.some((column) => row[column] === "waiting"),
    why(row) {
      const value = evaluate(lookup(row));
      if (typeof value === "number") return value < 0 ? "it is negative" : `it is beyond ${recordLimits.largestWeight}`;
      // Without the numbers of this row: rows with one reason are counted together.
      return why(lookup(row))?.replace(/: [^:]* is no finite number$/, " is no finite number") ?? "it is missing";
    },
  };
}
