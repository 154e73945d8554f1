import { objectMaker, setOwn } from "../../../streams/index.ts";
import type { TableRow, TableValue } from "../table-row.ts";
import type { CsvRecord } from "./csv-records.ts";

const COMMA = 44;

/**
 * The reading of records as rows of these columns, in one pass over a record without quotes. An empty field, quoted or
 * not, is null; anything else stays a string.
 * @param wanted the columns that rows have; absent: all
 */
export function csvRows(columns: readonly string[], wanted?: ReadonlySet<string>): (record: CsvRecord) => TableRow {
  const isWanted = columns.map((name) => wanted?.has(name) ?? true);
  const names = columns.filter((_, at) => isWanted[at]);
  const make = objectMaker(names) ?? ((values) => objectOf(names, values as readonly TableValue[]));
  /** @returns the number of fields */
  const cut = (text: string, values: TableValue[]): number => {
    let [from, field] = [0, 0];
    const { length } = text;
    for (let at = 0; at <= length; at++) {
      if (at < length && text.charCodeAt(at) !== COMMA) continue;
      if (isWanted[field] === true) values.push(at === from ? null : text.slice(from, at));
      field += 1;
      from = at + 1;
    }
    return field;
  };
  const take = (fields: readonly string[], values: TableValue[]): number => {
    for (const [at, field] of fields.entries()) if (isWanted[at] === true) values.push(field === "" ? null : field);
    return fields.length;
  };
  return (record) => {
    if ("problem" in record) return record;
    const { line, fields, text } = record;
    const values: TableValue[] = [];
    const found = fields === undefined ? cut(text, values) : take(fields, values);
    if (found === columns.length) return { line, values: make(values) as Record<string, TableValue> };
    return { line, problem: `expected ${columns.length} columns, found ${found}`, text };
  };
}

function objectOf(names: readonly string[], values: readonly TableValue[]): Record<string, TableValue> {
  const object: Record<string, TableValue> = {};
  for (const [at, name] of names.entries()) setOwn(object, name, values[at]!);
  return object;
}
