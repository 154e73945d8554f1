import { declaredValue, misfitText, nearest, type RowValues, type TableFieldType } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { ownValue } from "../../streams/index.ts";

/** A reference table as all readable versions of all use cases declare it. */
export interface DeclaredTable {
  readonly name: string;
  /** Names of the parts of a row's key, as the first version that declares the table has them. */
  readonly key: readonly string[];
  readonly fields: ReadonlyMap<string, TableFieldType>;
  /** The largest of all versions. */
  readonly maxRows: number;
}

const declared = new WeakMap<ValidBlueprints, ReadonlyMap<string, DeclaredTable>>();

/** By name. */
export function declaredTables(valid: ValidBlueprints): ReadonlyMap<string, DeclaredTable> {
  let tables = declared.get(valid);
  if (tables === undefined) declared.set(valid, (tables = tablesOf(valid)));
  return tables;
}

function tablesOf(valid: ValidBlueprints): ReadonlyMap<string, DeclaredTable> {
  const tables = new Map<string, DeclaredTable>();
  for (const { blueprint } of valid.all()) {
    for (const [name, { key, fields, maxRows }] of Object.entries(blueprint.tables)) {
      const before = tables.get(name);
      tables.set(name, {
        name,
        key: before?.key ?? key,
        fields: new Map([...Object.entries(fields), ...(before?.fields ?? [])]),
        maxRows: Math.max(maxRows, before?.maxRows ?? 0),
      });
    }
  }
  return tables;
}

/** The reason that a row does not fit its table; `undefined`: it does. Fields that nobody declares are taken as they are. */
export function rowMisfit(
  { name, key: parts, fields }: DeclaredTable,
  key: readonly string[],
  values: RowValues | null,
): string | undefined {
  if (key.length !== parts.length) {
    return `table ${name} has the ${plural(parts.length, "key")} ${parts.join(", ")}, and the row has ${key.length}`;
  }
  for (const [field, type] of fields) {
    const value = values === null ? null : (ownValue(values, field) ?? null);
    if (declaredValue(type, value) === undefined) return `${field} of table ${name}: ${misfitText(type, value)}`;
  }
  return undefined;
}

/** For a name that is not declared: the nearest, or all. */
export function meantBy(name: string, known: Iterable<string>): string {
  const names = [...known];
  const guess = nearest(name, names);
  if (guess !== null) return `did you mean "${guess}"?`;
  return names.length === 0 ? "no blueprint declares one" : `known are ${names.sort().join(", ")}`;
}

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);
