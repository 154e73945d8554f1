/** A value of a row. */
export type Cell = string | number | boolean | null;

/** Cells of one column, in arrays of one length. A cell is in one of the parts; a cell in none is null. */
export interface Column {
  readonly name: string;
  /** NaN where there is no number. Absent: the column has none. */
  readonly numbers?: Float64Array | Float32Array | undefined;
  /** All else, as places in `values`; 0 where there is nothing. Absent: the column has none. */
  readonly places?: Uint32Array | undefined;
  /** The first stands for nothing. */
  readonly values: readonly Cell[];
  /** Rows whose value is NaN. */
  readonly nans: readonly number[];
}

/** One cell of a column. */
export function cellOf({ numbers, places, values, nans }: Column, row: number): Cell {
  const place = places?.[row] ?? 0;
  if (place > 0) return values[place]!;
  const number = numbers?.[row];
  if (number !== undefined && !Number.isNaN(number)) return number;
  return nans.includes(row) ? Number.NaN : null;
}
