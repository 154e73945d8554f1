import type { BlueprintContent, LabelAggregate } from "../blueprint.ts";
import { formulaTypes } from "../formula-types.ts";
import { compileFormula } from "../formula/index.ts";

export interface Observation {
  /** Two observations of one id are one. Without an id each counts. */
  readonly id?: string;
  /** Event time, ms. */
  readonly time: number;
  /** `kind` and the fields. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface LabelValue {
  readonly value: number;
  /** Of the observation that decided it for `earliest`, else of the last one that counted; ms. */
  readonly time: number;
}

/** A label's formulas, compiled. */
export interface Label {
  readonly aggregate: LabelAggregate;
  /** The value of one observation; null when it doesn't count: `when` isn't true, or its value is missing. */
  valueOf(values: Readonly<Record<string, unknown>>): number | null;
}

export function compileLabel(blueprint: Pick<BlueprintContent, "label" | "observations">): Label {
  const { label, observations } = blueprint;
  const types = formulaTypes(observations);
  const when = label.when === null ? null : compileFormula(label.when, types);
  const value = compileFormula(label.value, types);
  return {
    aggregate: label.aggregate,
    valueOf: (values) => {
      const get = (name: string) => {
        const found = Object.hasOwn(values, name) ? values[name] : null;
        return typeof found === "number" || typeof found === "boolean" || typeof found === "string" ? found : null;
      };
      if (when !== null && when.evaluate(get) !== true) return null;
      const result = value.evaluate(get);
      return typeof result === "boolean" ? (result ? 1 : 0) : typeof result === "number" ? result + 0 : null;
    },
  };
}
