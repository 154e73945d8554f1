import { formulaTypes } from "../../formula/formula-types.ts";
import { compileFormula, type FormulaValue } from "../../formula/index.ts";
import { declaredValue } from "../../values/declared-value.ts";
import { fieldOf } from "../../values/field-value.ts";
import type { LabelPlan } from "./label-plan.ts";
import type { Sample, SampledObservation } from "../profile/sample.ts";
import { roundedUp } from "../windows/spans.ts";
import type { Cells } from "../profile/table-profile.ts";

/** Of 1,000 delays so many are within the wait. */
const WITHIN = 0.99;
/** Where nearly every observation says yes, those that say no do not come. */
const ALL_YES = 0.995;

/** The labels of a sample, and what follows from them. */
export interface LabelFacts {
  /** By decision of the sample; null: it has none. */
  readonly labels: readonly (number | null)[];
  /** The decision has an observation that counts. */
  readonly observed: readonly boolean[];
  /** The decision is old enough that its observations must have come. */
  readonly mature: readonly boolean[];
  readonly waitMs: number;
  /** Delays of the last observation that counts, ms: half of them are within the first. */
  readonly medianMs: number;
  readonly longestMs: number;
  /** Null: a decision without an observation has no label. */
  readonly default: number | null;
}

/** The share of labels that are true, or not 0. */
export const shareOfTrue = (labels: readonly number[]): number =>
  labels.filter((label) => label !== 0).length / Math.max(1, labels.length);

/** @returns undefined: no observation counts */
export function labelFacts(sample: Sample, plan: LabelPlan): LabelFacts | undefined {
  const last: ({ readonly time: number; readonly value: number } | undefined)[] = sample.decisions.map(() => undefined);
  const valueOf = evaluator(plan);
  let end = 0;
  for (const observation of sample.observations) {
    end = Math.max(end, observation.time);
    const value = valueOf(observation);
    if (value === null) continue;
    const before = last[observation.decision];
    const any = plan.aggregate === "any" && before !== undefined ? Math.max(before.value, value) : value;
    last[observation.decision] = { time: observation.time, value: any };
  }
  const delays = last
    .flatMap((one, at) => (one === undefined ? [] : [Math.max(0, one.time - sample.decisions[at]!.time)]))
    .sort((a, b) => a - b);
  if (delays.length === 0) return undefined;
  const waitMs = roundedUp(
    Math.max(1_000, delays[Math.min(delays.length - 1, Math.ceil(WITHIN * delays.length) - 1)]!),
  );
  const mature = sample.decisions.map(({ time }) => time + waitMs <= end);
  const yes = last.filter((one) => one !== undefined && one.value !== 0).length;
  const isAbsence = plan.isBinary && (plan.aggregate === "any" || yes >= ALL_YES * delays.length);
  const fallback = isAbsence ? 0 : null;
  return {
    labels: last.map((one, at) => one?.value ?? (mature[at]! ? fallback : null)),
    observed: last.map((one) => one !== undefined),
    mature,
    waitMs,
    medianMs: delays[delays.length >> 1]!,
    longestMs: delays.at(-1)!,
    default: fallback,
  };
}

/** The value of one observation; null: it does not count, or is missing. */
function evaluator(plan: LabelPlan): (observation: SampledObservation) => number | null {
  const names = formulaTypes({ ...plan.columns, kind: "category" });
  const value = compileFormula(plan.value, names);
  const when = plan.when === null ? undefined : compileFormula(plan.when, names);
  return ({ cells, kind }) => {
    const get = (name: string): FormulaValue => (name === "kind" ? kind : read(cells, name, plan));
    if (when !== undefined && when.evaluate(get) !== true) return null;
    const result = value.evaluate(get);
    return typeof result === "boolean" ? Number(result) : typeof result === "number" ? result : null;
  };
}

function read(cells: Cells, name: string, { columns, asNumber }: LabelPlan): FormulaValue {
  const cell = Object.hasOwn(cells, name) ? cells[name] : null;
  return (name === asNumber ? fieldOf(cell) : declaredValue(columns[name] ?? "category", cell)) ?? null;
}

/**
 * The kind whose observation is the last one for most decisions, among kinds that have a value for the label; null:
 * there are no two of them.
 */
export function lastKind(sample: Sample, { columns }: LabelPlan): string | null {
  const names = Object.keys(columns);
  const last = new Map<number, string>();
  const kinds = new Set<string>();
  for (const { decision, kind, cells } of sample.observations) {
    if (kind === null || !names.some((name) => Object.hasOwn(cells, name) && cells[name] !== null)) continue;
    kinds.add(kind);
    last.set(decision, kind);
  }
  if (kinds.size < 2) return null;
  const counts = new Map<string, number>();
  for (const kind of last.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]![0];
}
