import { blueprintTable, validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import { declaredValue, misfitText, recordedValue, type RowValues } from "../../blueprints/index.ts";
import { declaredTables, meantBy, type DeclaredTable } from "../../operators/index.ts";
import { DomainError, type BlueprintPublished } from "../../schemas/index.ts";
import { readTable, type GlobalView, type TopicTools } from "../../streams/index.ts";

/** A table, and the blueprints that declare it. */
export interface FoundTable {
  readonly table: DeclaredTable;
  readonly blueprints: GlobalView<BlueprintPublished>;
}

/** Throws `UNDECLARED` if no version of a blueprint declares the table. */
export async function findTable(
  { backbone, serdes }: Pick<TopicTools, "backbone" | "serdes">,
  name: string,
): Promise<FoundTable> {
  const blueprints = await readTable(backbone, serdes, blueprintTable);
  return { table: declaredTable(validBlueprints(blueprints), name), blueprints };
}

/** Throws `UNDECLARED` if no version of a blueprint declares the table. */
export function declaredTable(published: ValidBlueprints, name: string): DeclaredTable {
  const tables = declaredTables(published);
  const table = tables.get(name);
  if (table !== undefined) return table;
  throw new DomainError("UNDECLARED", `no blueprint declares a table "${name}": ${meantBy(name, tables.keys())}`);
}

/** The key of a row as texts. Throws `BAD_ROW`. */
export function readKey({ name, key: parts }: DeclaredTable, given: readonly unknown[]): readonly string[] {
  const key = given.map((part) => declaredValue("key", part) ?? "");
  if (key.length === parts.length && !key.includes("")) return key as readonly string[];
  throw new DomainError(
    "BAD_ROW",
    `a row of table ${name} has the key ${parts.join(", ")}: give ${parts.length === 1 ? "one text" : `${parts.length} texts`}, none of them empty`,
  );
}

/** Values by the declared types. Throws `UNDECLARED` for a field that no blueprint declares, and `BAD_ROW` for a misfit. */
export function readValues({ name, fields }: DeclaredTable, given: Readonly<Record<string, unknown>>): RowValues {
  const values = Object.entries(given).map(([field, value]) => {
    const type = fields.get(field);
    if (type === undefined) {
      throw new DomainError(
        "UNDECLARED",
        `no blueprint declares a field "${field}" of table ${name}: ${meantBy(field, fields.keys())}`,
      );
    }
    const read = recordedValue(type, value);
    if (read === undefined) throw new DomainError("BAD_ROW", `${field} of table ${name}: ${misfitText(type, value)}`);
    return [field, read] as const;
  });
  return Object.fromEntries(values);
}
