import { asyncBufferFromFile, parquetMetadataAsync, type SchemaElement } from "hyparquet";
import { columnsOf } from "./parquet/columns-of.ts";
import { holdsNoValues } from "./parquet/parquet-values.ts";
import type { ColumnType, TableColumn } from "./table-column.ts";
import { tableError, TableError } from "./table-error.ts";
import { formatOf } from "./table-format.ts";
import { tableHead } from "./table-head.ts";

/**
 * The columns of a file with the types by which they are written again. A text has no types: those that are known by name are taken, any other column is
 * text. Throws a `TableError` that names the file, also if it has a column of lists or bytes, which would be lost.
 *
 * @param known the types of columns by name
 */
export async function columnTypes(path: string, known: readonly TableColumn[]): Promise<readonly TableColumn[]> {
  if (formatOf(path).format !== "parquet") {
    const types = new Map(known.map(({ name, type }) => [name, type]));
    const { columns, noValues } = await tableHead(path);
    refuse(path, noValues ?? new Map());
    return columns.map((name) => ({ name, type: types.get(name) ?? "string" }));
  }
  try {
    const children = columnsOf(await parquetMetadataAsync(await asyncBufferFromFile(path)));
    const lost = children.map((child) => [child.element.name, holdsNoValues(child)] as const);
    refuse(path, new Map(lost.flatMap(([name, holds]) => (holds === undefined ? [] : [[name, holds] as const]))));
    return children.map(({ element }): TableColumn => {
      const type = typeOf(element);
      return { name: element.name, type, ...(type === "double" && element.type === "INT64" ? { digits: true } : {}) };
    });
  } catch (error) {
    throw tableError(path, error);
  }
}

function refuse(path: string, noValues: ReadonlyMap<string, string>): void {
  for (const [name, holds] of noValues)
    throw new TableError(
      path,
      `column "${name}" holds ${holds}. Leave it out of the file: only plain values are written again.`,
    );
}

const numbers: ReadonlySet<string | undefined> = new Set(["DOUBLE", "FLOAT", "INT32", "INT64"]);

function typeOf({ type, converted_type: converted, logical_type: logical }: SchemaElement): ColumnType {
  if (type === "BOOLEAN") return "boolean";
  if (logical?.type === "TIMESTAMP") return logical.isAdjustedToUTC ? "timestamp" : "string";
  if (converted === "TIMESTAMP_MILLIS" || converted === "TIMESTAMP_MICROS") return "timestamp";
  const whole = logical === undefined || logical.type === "INTEGER" || logical.type === "FLOAT16";
  const plain = converted === undefined || /^U?INT_/.test(converted);
  return numbers.has(type) && whole && plain ? "double" : "string";
}
