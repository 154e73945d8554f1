import type { TableValue } from "../../files/index.ts";

/** A cell that is no value of its column, for errors. @param cell `undefined`: bytes that are no text */
export const shownCell = (cell: TableValue | undefined): string =>
  cell === undefined ? "bytes" : typeof cell === "number" ? String(cell) : JSON.stringify(cell);
