import { canTrainOn, featureType, type Blueprint } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { rowSchema } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import type { ColumnType, TableColumn } from "./table-column.ts";

/** Training rows as a table, so that a file that is imported again gives the values that were exported. */
export interface RowTable {
  readonly columns: readonly TableColumn[];
  cellsOf(row: TrainingRow): Readonly<Record<string, unknown>>;
}

/** Boolean features are booleans, which a row has as 1 and 0, categories texts, times timestamps; a decision's value has its space's type. */
export function rowTable(blueprint: Blueprint, known: Pick<ValidBlueprints, "all">): RowTable {
  const booleans = blueprint.features.filter((feature) => featureType(feature) === "boolean");
  const rowsOf = known.all().map((compiled) => compiled.blueprint);
  const value = valueType([blueprint, ...rowsOf.filter((other) => canTrainOn(blueprint, other).ok)]);
  const columns = columnsOfRows(blueprint, value);
  return {
    columns,
    cellsOf(row) {
      const cells: Record<string, unknown> = { ...row };
      for (const { name } of booleans) cells[name] = booleanCell(row[name] ?? null);
      if (value === "string" && row["value"] !== null) cells["value"] = String(row["value"]);
      return cells;
    },
  };
}

/** The columns of a row, with their types. @param value the type of the decisions */
export function columnsOfRows(blueprint: Blueprint, value: ColumnType): readonly TableColumn[] {
  const booleans = new Set(
    blueprint.features.filter((feature) => featureType(feature) === "boolean").map(({ name }) => name),
  );
  // Each of several labels has a column with its name.
  const fields = rowSchema(blueprint).fields.filter(({ name }) => name !== "label" || blueprint.labels.length === 1);
  return fields.map(({ name, type }): TableColumn => {
    if (name === "value") return { name, type: value };
    return { name, type: booleans.has(name) ? "boolean" : columnType(type) };
  });
}

/** A boolean feature as it is logged, 1 or 0, as a cell. */
export const booleanCell = (logged: unknown): boolean | null => (logged === null ? null : logged !== 0);

/** The type of the decisions of several versions: text if they decide on different kinds of values. */
export function valueType(versions: readonly Blueprint[]): ColumnType {
  const kinds = new Set(versions.map(({ decisionSpace }) => decisionSpace.kind));
  if (kinds.size > 1 || kinds.has("actions") || kinds.has("options")) return "string";
  return kinds.has("boolean") ? "boolean" : "double";
}

function columnType(type: unknown): ColumnType {
  const branches = (Array.isArray(type) ? type : [type]) as readonly (string | { readonly logicalType?: string })[];
  const [main] = branches.filter((branch) => branch !== "null");
  if (typeof main === "object") return "timestamp";
  return main === "double" ? "double" : main === "boolean" ? "boolean" : "string";
}
