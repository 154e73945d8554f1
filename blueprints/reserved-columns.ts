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

/** Names that a feature can't have: columns of every row, now or later (`prediction_…`). */
export function isReservedColumn(name: string): boolean {
  return RESERVED.has(name) || name.startsWith("prediction_");
}
