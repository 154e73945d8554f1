const RESERVED: ReadonlySet<string> = new Set([
  "decisionId",
  "unit",
  "useCase",
  "blueprintVersion",
  "modelId",
  "mode",
  "reason",
  "decisionTime",
  "rowTime",
  "maturity",
  "value",
  "propensity",
  "label",
  "labelTime",
]);

/** Columns of every row of an option. */
export const OPTION_COLUMNS: readonly string[] = ["optionId", "optionPosition", "optionScore"];

/** Names that a feature can't have: columns of every row, now or later (`prediction_…`). */
export function isReservedColumn(name: string): boolean {
  return RESERVED.has(name) || name.startsWith("prediction_");
}
