import { featureType, type FeatureColumn } from "../../../blueprints/index.ts";
import type { TableValue } from "../../files/index.ts";

/** The value of a cell as a decision logs it: a number, a text or null; `undefined`: it is no value of the feature. */
export type FeatureCell = (cell: TableValue | undefined) => number | string | null | undefined;

/** Reads the cells of a feature's column, as `rows` exports them and as texts: true and 1 are both a boolean. */
export function featureCell({ kind, feature }: FeatureColumn): FeatureCell {
  if (kind === "category") return (cell) => (cell === null || typeof cell === "string" ? cell : undefined);
  if (featureType(feature) === "boolean") return booleanCell;
  return (cell) =>
    cell === null || typeof cell === "number" ? cell : typeof cell === "string" ? numberOf(cell) : undefined;
}

const texts: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/** `undefined`: the text is no boolean. */
export const booleanOf = (text: string): boolean | undefined => texts.get(text);

const booleanCell: FeatureCell = (cell) => {
  if (cell === null || cell === 0 || cell === 1) return cell;
  const value = typeof cell === "string" ? booleanOf(cell) : cell;
  return typeof value === "boolean" ? Number(value) : undefined;
};

/** A number in digits; `undefined`: the text is none. */
export function numberOf(text: string): number | undefined {
  return /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
