import { readTimeCell } from "../../loop/index.ts";
import type { TableValue } from "./table-row.ts";
import { brokenPromise } from "../../streams/index.ts";

export type ColumnType = "string" | "double" | "boolean" | "timestamp";

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Of doubles that texts are written of: a whole number that no double holds is its digits. */
  readonly digits?: true;
}

/**
 * A value as its column holds it: text, a finite number, a boolean, or a time in epoch milliseconds. Missing and NaN
 * are null. Throws with the column's name when the value is of another type, since a table must not hold another value
 * than it was given.
 */
export function cellOf(value: unknown, { name, type, digits }: TableColumn): TableValue {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (digits && isDigits(value)) return value;
  const cell = convert[type](value);
  if (cell !== undefined) return cell;
  throw brokenPromise(`column "${name}" holds ${type}s, not ${typeof value} ${String(value).slice(0, 60)}`);
}

/** The digits of a whole number. */
export const isDigits = (value: unknown): value is string => typeof value === "string" && /^-?\d+$/.test(value);

const convert: Readonly<Record<ColumnType, (value: unknown) => TableValue | undefined>> = {
  string: (value) => (typeof value === "object" || typeof value === "function" ? undefined : String(value)),
  double(value) {
    const number = typeof value === "bigint" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
  },
  boolean: (value) => (typeof value === "boolean" ? value : undefined),
  timestamp(value) {
    if (typeof value === "string") {
      const time = readTimeCell(value);
      return typeof time === "number" ? time : undefined;
    }
    const time = value instanceof Date ? value.getTime() : value;
    return typeof time === "number" && !Number.isNaN(new Date(time).getTime()) ? Math.trunc(time) : undefined;
  },
};
