import { booleanOf, numberOf } from "../../../blueprints/index.ts";
import { TableError, type BlockColumn, type TableBlock, type TableColumn } from "../../files/index.ts";

/** A column of a block as it is written again: texts of a CSV file with the column's type. Throws a `TableError` with the line. */
export function keptColumn(
  path: string,
  { lineOf, rows }: TableBlock,
  { data, read }: BlockColumn,
  { name, type }: TableColumn,
): readonly unknown[] {
  const convert = type === "double" ? numberOf : type === "boolean" ? booleanOf : undefined;
  const kept = new Array<unknown>(rows);
  for (let row = 0; row < rows; row++) {
    const value = read(data[row]);
    const written = convert !== undefined && typeof value === "string" ? convert(value) : value;
    if (written === undefined) {
      const shown = JSON.stringify(value ?? "bytes");
      throw new TableError(path, `line ${lineOf(row)}: column "${name}" is a ${type}, not ${shown}`);
    }
    kept[row] = written;
  }
  return kept;
}
