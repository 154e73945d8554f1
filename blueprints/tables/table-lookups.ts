import type { BlueprintContent, TableFieldType } from "../blueprint.ts";
import type { FeatureValue, TableLookup } from "../features/feature-kind.ts";
import type { FeatureVector } from "../features/layout.ts";
import { declaredValue, vectorLength, type PlainType } from "../values/declared-value.ts";
import { keyText } from "../windows/group-key.ts";
import { KnownRows } from "./known-rows.ts";
import { rowKey } from "./row-key.ts";
import { packedValue, packedVector, type RowValue } from "./row-values.ts";
import type { PackedValues, RowsOf } from "./row-versions.ts";

type Context = Readonly<Record<string, unknown>>;

/** Features of one table by the same key: they share one look-up of the row. */
export interface RowLookup {
  readonly table: string;
  readonly by: readonly string[];
  /** At least one, in the order of the features. */
  readonly columns: readonly LookedUp[];
  /** The row's key for a decision; null: a part of it is missing. */
  key(vector: FeatureVector, context: Context): string | null;
  /** Writes the fields of the row into the vector, as of a decision's time, ms. */
  fill(vector: FeatureVector, context: Context, time: number, rows: RowsOf): void;
}

/** A look-up and the features that it fills in. */
export interface LookedUp {
  readonly index: number;
  readonly lookup: TableLookup;
}

/** @param columns look-ups of one table by the same key */
export function rowLookup(
  { context, features }: Pick<BlueprintContent, "context" | "features">,
  columns: readonly LookedUp[],
): RowLookup {
  const { table, by } = columns[0]!.lookup;
  const slots = by.map((name) => {
    const at = Object.hasOwn(context, name) ? -1 : features.findIndex((feature) => feature.name === name);
    // The unit is an entry of the context by then.
    return at < 0 ? null : at;
  });
  const indexes = columns.map(({ index }) => index);
  // A vector has a column for each number, and is read once for all of them.
  const fields = [...Map.groupBy(columns.keys(), (column) => columns[column]!.lookup.field)].map(([field, of]) => ({
    ...{ name: Buffer.from(field), type: columns[of[0]!]!.lookup.type },
    columns: of.map((column) => ({ column, at: columns[column]!.lookup.at })),
  }));
  const featuresOf = (values: PackedValues): readonly FeatureValue[] => {
    const made = new Array<FeatureValue>(columns.length);
    for (const { name, type, columns: own } of fields) {
      const length = vectorLength(type);
      const vector = length === undefined ? null : packedVector(values, name, length);
      const plain = length === undefined ? featureOf(type, packedValue(values, name)) : null;
      for (const { column, at } of own) made[column] = at === undefined ? plain : (vector?.[at] ?? null);
    }
    return made;
  };
  const known = new KnownRows(table, columns.length, (values) => (values === undefined ? null : featuresOf(values)));
  const key: RowLookup["key"] = (vector, given) => {
    const parts: string[] = [];
    for (let at = 0; at < by.length; at++) {
      const slot = slots[at]!;
      const part = slot === null ? keyText(given, by[at]!) : vector[slot];
      if (typeof part !== "string") return null;
      parts.push(part);
    }
    return rowKey(parts);
  };
  return {
    table,
    by,
    columns,
    key,
    fill(vector, given, time, rows) {
      const text = key(vector, given);
      const found = text === null ? null : known.at(rows, text, time);
      for (let at = 0; at < indexes.length; at++) vector[indexes[at]!] = found === null ? null : found[at]!;
    },
  };
}

/** A field's value as a feature; one that does not fit the declared type is missing. */
function featureOf(type: TableFieldType, value: RowValue | undefined): FeatureValue {
  const read = declaredValue(type as PlainType, value) ?? null;
  return typeof read === "boolean" ? (read ? 1 : 0) : read;
}
