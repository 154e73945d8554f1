import { booleanOf, featureType, numberOf, type FeatureColumn } from "../../../blueprints/index.ts";
import type { TableValue } from "../../files/index.ts";

/** The value of a cell as a decision logs it: a number, a text or null; `undefined`: it is no value of the feature. */
export type FeatureCell = (cell: TableValue | undefined) => number | string | null | undefined;

/** Reads the cells of a feature's column, as `rows` exports them and as texts, by the rules for values of decisions. */
export function featureCell({ kind, feature }: FeatureColumn): FeatureCell {
  if (kind === "category") return (cell) => (cell === null || typeof cell === "string" ? cell : undefined);
  if (featureType(feature) === "boolean") return booleanCell;
  return (cell) => (cell === undefined ? undefined : numberOf(cell));
}

const booleanCell: FeatureCell = (cell) => {
  const value = cell === undefined ? undefined : booleanOf(cell);
  return typeof value === "boolean" ? Number(value) : value;
};
