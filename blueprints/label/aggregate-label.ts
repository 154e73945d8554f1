import type { BlueprintContent, LabelAggregate } from "../blueprint.ts";
import { canonicalJson } from "../canonical-json.ts";
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

/**
 * The label of one decision from all its observations, in whatever order they came; null when none counts. They are
 * ordered by time, then by their values as canonical JSON, then by id, so that sums have the same bits every time.
 */
export function aggregateLabel(label: Label, observations: readonly Observation[]): LabelValue | null {
  const ordered = observations.length < 2 ? observations : distinct(observations);
  const values: number[] = [];
  let firstTime = 0;
  let lastTime = 0;
  for (const observation of ordered) {
    const value = label.valueOf(observation.values);
    if (value === null) continue;
    if (values.length === 0) firstTime = observation.time;
    lastTime = observation.time;
    values.push(value);
  }
  if (values.length === 0) return null;
  const value = AGGREGATES[label.aggregate](values);
  if (!Number.isFinite(value)) return null;
  return { value, time: label.aggregate === "earliest" ? firstTime : lastTime };
}

function distinct(observations: readonly Observation[]): readonly Observation[] {
  const ordered = observations
    .map((observation) => ({ observation, text: canonicalJson(observation.values), id: observation.id ?? "" }))
    .sort((a, b) => a.observation.time - b.observation.time || compare(a.text, b.text) || compare(a.id, b.id));
  const seen = new Set<string>();
  const kept: Observation[] = [];
  for (const { observation } of ordered) {
    if (observation.id !== undefined) {
      if (seen.has(observation.id)) continue;
      seen.add(observation.id);
    }
    kept.push(observation);
  }
  return kept;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Over at least one value, in order. */
const AGGREGATES: Readonly<Record<LabelAggregate, (values: readonly number[]) => number>> = {
  earliest: (values) => values[0] ?? Number.NaN,
  latest: (values) => values.at(-1) ?? Number.NaN,
  sum,
  mean: (values) => sum(values) / values.length,
  min: (values) => values.reduce((a, b) => Math.min(a, b)),
  max: (values) => values.reduce((a, b) => Math.max(a, b)),
  median: (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const half = sorted.length >> 1;
    const upper = sorted[half] ?? Number.NaN;
    return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
  },
  any: (values) => (values.some((value) => value !== 0) ? 1 : 0),
  count: (values) => values.length,
};
