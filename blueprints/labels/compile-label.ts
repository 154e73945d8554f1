import type { BlueprintContent, LabelConfig } from "../blueprint.ts";
import { canonicalJson } from "../canonical-json.ts";
import { formulaTypes } from "../formula/formula-types.ts";
import { compileFormula, type FormulaValue } from "../formula/index.ts";
import { declaredValue, type PlainType } from "../values/declared-value.ts";
import { observationTypes } from "../values/value-types.ts";
import { aggregateOf } from "./aggregates/written.ts";
import type { LabelAggregateKind } from "./label-aggregate.ts";

export interface Observation {
  /** Two observations with one id are the same observation. Without an id each counts. */
  readonly id?: string;
  /** Event time, ms. */
  readonly time: number;
  /** `kind` and the fields. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface LabelValue {
  readonly value: number;
  /** Time of the first observation that counted for `earliest`, else of the last one; ms. */
  readonly time: number;
}

/** A label, compiled. */
export interface Label {
  readonly aggregate: LabelAggregateKind;
  /**
   * The value of one observation; null if the observation does not count: `when` is not true, or its value is missing.
   */
  valueOf(values: Readonly<Record<string, unknown>>): number | null;
  /** The declared entries as text, in their declared types: equal values give equal text, however they were written. */
  orderOf(values: Readonly<Record<string, unknown>>): string;
}

export function compileLabel(
  blueprint: Pick<BlueprintContent, "observations" | "events">,
  label: Omit<LabelConfig, "objective">,
): Label {
  const { observations } = blueprint;
  const { oneOf } = label;
  const types = formulaTypes(observations);
  const when = label.when === null ? null : compileFormula(label.when, types);
  const value = compileFormula(label.value, types);
  const declared = observationTypes(blueprint);
  /** For a value that has its type already, the cost is one check of that type. */
  const typed = (values: Readonly<Record<string, unknown>>, name: string): FormulaValue | undefined => {
    if (!Object.hasOwn(values, name)) return undefined;
    const found = values[name];
    if (typeof found === types[name] && found !== "") return found as FormulaValue;
    const type = declared.get(name);
    return type === undefined ? undefined : (declaredValue(type as PlainType, found) ?? undefined);
  };
  return {
    aggregate: aggregateOf(label.aggregate),
    valueOf: (values) => {
      const get = (name: string) => typed(values, name);
      if (when !== null && when.evaluate(get) !== true) return null;
      const result = value.evaluate(get);
      if (oneOf !== undefined)
        return typeof result === "string" && oneOf.classes.includes(result) ? Number(result === oneOf.is) : null;
      return typeof result === "boolean" ? (result ? 1 : 0) : typeof result === "number" ? result + 0 : null;
    },
    orderOf: (values) =>
      canonicalJson(Object.fromEntries([...declared.keys()].map((name) => [name, typed(values, name)]))),
  };
}
