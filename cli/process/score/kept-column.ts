import { booleanOf, numberOf } from "../../../blueprints/index.ts";
import { isDigits, TableError, type BlockColumn, type TableBlock, type TableColumn } from "../../files/index.ts";
import { shownCell } from "./shown-cell.ts";

/** A column of a block as it is written again: texts of a CSV file with the column's type. Throws a `TableError` with the line. */
export function keptColumn(
  path: string,
  { lineOf, rows }: TableBlock,
  { data, read }: BlockColumn,
  { name, type, digits }: TableColumn,
): readonly unknown[] {
  const convert = type === "double" ? numberOf : type === "boolean" ? booleanOf : undefined;
  const kept = new Array<unknown>(rows);
  for (let row = 0; row < rows; row++) {
    const value = read(data[row]);
    const exact = digits === true && isDigits(value);
    const written = !exact && convert !== undefined && typeof value === "string" ? convert(value) : value;
    if (written === undefined) {
      const found = `line ${lineOf(row)}: column "${name}" is a ${type}, not ${shownCell(value)}`;
      throw new TableError(path, value === undefined ? `${found}. Leave it out of the file, or write texts.` : found);
    }
    kept[row] = written;
  }
  return kept;
}
