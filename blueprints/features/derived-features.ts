import { ownValue } from "../../streams/index.ts";
import type { BlueprintContent, Feature } from "../blueprint.ts";
import type { RowsOf } from "../tables/row-versions.ts";
import { rowLookup, type LookedUp, type RowLookup } from "../tables/table-lookups.ts";
import { readerOf, type DeclaredType } from "../values/declared-value.ts";
import { entryTypes } from "../values/option-entries.ts";
import { UNIT } from "../windows/unit.ts";
import type { ContextFit } from "./context-features.ts";
import type { FeatureValue, InputValue, TableRead } from "./feature-kind.ts";
import { computationOf } from "./kinds/index.ts";
import type { FeatureVector } from "./layout.ts";
import { entriesOf, slotOf } from "./slots.ts";

type Context = Readonly<Record<string, unknown>>;

/**
 * Fills in the features that are looked up in tables and those that are made of others and of the context, for a decision
 * at `time`, ms.
 *
 * @param rows absent: tables have no rows
 */
export interface DerivedFeatures {
  (vector: FeatureVector, context: Context, time: number, fit?: ContextFit, rows?: RowsOf): void;
  /** Entries of the request that they are made from. */
  readonly entries: readonly string[];
  /** The first half of it: the values of the entries, by their declared types. */
  readonly read: (context: Context, fit?: ContextFit) => Values;
  /** The other half, in its order. */
  readonly steps: readonly DerivedStep[];
}

type Values = readonly InputValue[];
type Fill = (vector: FeatureVector, read: Values, time: number, context: Context, rows: RowsOf) => void;

/** A look-up or a computation, and the features that it fills in. */
export interface DerivedStep {
  readonly indexes: readonly number[];
  /** Null: it is a computation. */
  readonly lookup: RowLookup | null;
  readonly fill: Fill;
}

/**
 * A function that fills in the features looked up in tables and those made of earlier ones and of entries of the context, once all others are in the
 * vector; null if there are none. Each entry is read once, and the slots of one entry of the list are computed at once.
 *
 * @param isMine the features to fill in, by index
 */
export function derivedFeatures(
  blueprint: Pick<BlueprintContent, "features" | "context" | "decisionSpace">,
  isMine: (index: number) => boolean = () => true,
): DerivedFeatures | null {
  const indexes = new Map(blueprint.features.map(({ name }, index) => [name, index]));
  const entries: string[] = [];
  const steps: DerivedStep[] = [];
  const add = (at: readonly number[], fill: Fill, lookup: RowLookup | null = null): void =>
    void steps.push({ indexes: at, lookup, fill });
  const lookups = new Map(rowLookups(blueprint).map((lookup) => [lookup.columns[0]!.index, lookup]));
  for (const slots of entriesOf(blueprint.features)) {
    if (!isMine(indexes.get(slots[0]!.name)!)) continue;
    const computed = computationOf(slots[0]!);
    const lookup = lookups.get(indexes.get(slots[0]!.name)!);
    if (lookup !== undefined) {
      const filled = lookup.columns.map(({ index }) => index);
      add(filled, (vector, _, time, context, rows) => lookup.fill(vector, context, time, rows), lookup);
    }
    if (computed.from !== "features") continue;
    const from = computed.names.map((name) => indexes.get(name)!);
    const read = (computed.entries ?? []).map((entry) => placeIn(entries, entry));
    const givenOf = (vector: FeatureVector, values: Values): Values => {
      const given: InputValue[] = [];
      for (let at = 0; at < from.length; at++) given.push(vector[from[at]!] ?? null);
      for (let at = 0; at < read.length; at++) given.push(values[read[at]!]!);
      return given;
    };
    const index = indexes.get(slots[0]!.name)!;
    if (computed.slots === undefined) {
      for (const [at, slot] of slots.entries()) {
        const own = at === 0 ? computed : (computationOf(slot) as typeof computed);
        add([index + at], (vector, values, time, _, rows) => {
          vector[index + at] = own.value(givenOf(vector, values), time, rows);
        });
      }
      continue;
    }
    const filled = slots.map((_, at) => index + at);
    add(filled, (vector, values, time, _, rows) => {
      const found = computed.slots!(givenOf(vector, values), time, rows);
      for (let at = 0; at < slots.length; at++) vector[index + at] = found[at] ?? null;
    });
  }
  if (steps.length === 0) return null;
  const fills = steps.map(({ fill }) => fill);
  const types = entryTypes(blueprint);
  const readers = entries.map((entry) => inputReader(ownValue(types, entry) ?? "key"));
  const features = new Set(blueprint.features.map(({ name }) => name));
  // What is no entry of the request does not count as one that was found.
  const own = entries.map((entry) => features.has(entry) || !Object.hasOwn(types, entry));
  const readAll: DerivedFeatures["read"] = (context, fit) => {
    const values: InputValue[] = [];
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at]!;
      if (!Object.hasOwn(context, entry)) {
        values.push(null);
        continue;
      }
      const value = readers[at]!(context[entry]);
      values.push(value ?? null);
      if (fit === undefined) continue;
      if (!own[at]) fit.found++;
      if (value === undefined) fit.doubtful = true;
    }
    return values;
  };
  const derive = (vector: FeatureVector, context: Context, time: number, fit?: ContextFit, rows = noRows): void => {
    const values = readAll(context, fit);
    for (const fill of fills) fill(vector, values, time, context, rows);
  };
  const known = entries.filter((entry) => Object.hasOwn(types, entry));
  return Object.assign(derive, { entries: known, read: readAll, steps });
}

/** One of them alone, from the values of a vector. Undefined: it is not made of features and entries alone. */
export function derivedValue(
  blueprint: Pick<BlueprintContent, "features" | "context" | "decisionSpace">,
  feature: Feature,
  vector: Readonly<FeatureVector>,
  context: Context,
  time: number,
): FeatureValue | undefined {
  const computed = computationOf(feature);
  if (computed.from !== "features" || computed.reads !== undefined) return undefined;
  const { features } = blueprint;
  const declared = entryTypes(blueprint);
  const given = [
    ...computed.names.map((name) => vector[features.findIndex((other) => other.name === name)] ?? null),
    ...(computed.entries ?? []).map((entry) => inputReader(declared[entry]!)(ownValue(context, entry)) ?? null),
  ];
  const slot = slotOf(feature);
  if (slot === undefined || computed.slots === undefined) return computed.value(given, time, noRows);
  return computed.slots(given, time, noRows)[slot.at] ?? null;
}

function placeIn(entries: string[], entry: string): number {
  const at = entries.indexOf(entry);
  return at < 0 ? entries.push(entry) - 1 : at;
}

function inputReader(type: DeclaredType): (given: unknown) => InputValue | undefined {
  const read = readerOf(type);
  return (given) => {
    const value = read(given);
    return typeof value === "boolean" ? (value ? 1 : 0) : value;
  };
}

const noRows: RowsOf = () => undefined;

/** Whether a row is found by the decision's unit: then it is an entry of the context that the features are made from. */
export function readsUnit(blueprint: Pick<BlueprintContent, "features" | "context">): boolean {
  const { context, features } = blueprint;
  if (Object.hasOwn(context, UNIT) || features.some(({ name }) => name === UNIT)) return false;
  return features.some((feature) => {
    const computed = computationOf(feature);
    if (computed.from === "table") return computed.lookup.by.includes(UNIT);
    return computed.from === "features" && (computed.entries ?? []).includes(UNIT);
  });
}

/** The fields of tables that each feature reads, by its index. */
export function tableReads(
  blueprint: Pick<BlueprintContent, "features">,
): readonly { readonly index: number; readonly read: TableRead }[] {
  return blueprint.features.flatMap((feature, index) => {
    const computed = computationOf(feature);
    const reads =
      computed.from === "table" ? [computed.lookup] : computed.from === "features" ? (computed.reads ?? []) : [];
    return reads.map((read) => ({ index, read }));
  });
}

/** In the order of the features. Those of one table by the same key share a look-up, at the place of the first. */
export function rowLookups(blueprint: Pick<BlueprintContent, "features" | "context">): readonly RowLookup[] {
  const columns = blueprint.features.flatMap((feature, index): LookedUp[] => {
    const computed = computationOf(feature);
    return computed.from === "table" ? [{ index, lookup: computed.lookup }] : [];
  });
  const alike = Map.groupBy(columns, ({ lookup: { table, by } }) => [table, ...by].join("/"));
  return [...alike.values()].map((some) => rowLookup(blueprint, some));
}
