import type { Feature, LabelConfig } from "../blueprint.ts";
import { featureType } from "../features/kinds/index.ts";
import { compileFormula, type FormulaType, type FormulaValue } from "../formula/index.ts";
import { labelColumns, maturityColumn } from "../labels/label-columns.ts";
import { weightFlags } from "../labels/row-weight.ts";
import { policyTypes } from "../policy/policy-types.ts";

type Row = Readonly<Record<string, unknown>>;

/** The names of the formula with their types: labels as numbers, and features. */
export const endTypes = (
  labels: readonly string[],
  features: readonly Feature[],
): Readonly<Record<string, FormulaType>> => policyTypes(labels, features);

/** Whether a row is the last of its episode. A label that waits or is missing ends nothing yet. */
export function compileEnd(
  end: string | null,
  labels: readonly LabelConfig[],
  features: readonly Feature[],
): (row: Row) => boolean {
  if (end === null) return () => false;
  const names = labels.map(({ name }) => name);
  const { evaluate } = compileFormula(end, endTypes(names, features), { flags: weightFlags(labels) });
  const columns = new Map(labelColumns(labels).map(({ name, value }) => [name, value]));
  const booleans = new Set(features.filter((feature) => featureType(feature) === "boolean").map(({ name }) => name));
  return (row) => {
    const ends = evaluate((name) => {
      if (columns.has(name) && row[maturityColumn(name)] === "waiting") return null;
      const value = (row[columns.get(name) ?? name] ?? null) as FormulaValue;
      return booleans.has(name) && value !== null ? value === 1 : value;
    });
    return ends === true || ends === 1;
  };
}
