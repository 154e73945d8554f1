import { objectiveKind, type Direction, type ModelConfig, type Objective } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";
import type { FitColumn } from "./learner.ts";

const SIGNS: Readonly<Record<Direction, number>> = { up: 1, down: -1 };

/**
 * The directions as XGBoost takes them: one sign a column, in the columns' order.
 *
 * @returns `undefined`: there are none
 * @throws DomainError `BAD_TRAINING_DATA` that names the column or the objective that has no direction
 */
export function monotoneConstraints(
  { monotone }: Pick<ModelConfig<"xgboost">, "monotone">,
  inputs: readonly FitColumn[],
  objective: Objective,
): string | undefined {
  if (monotone === "none") return undefined;
  const kind = objectiveKind(objective);
  if (kind !== "binary" && kind !== "regression") refuse(`no direction can be kept to of objective ${objective}`);
  for (const name of Object.keys(monotone)) {
    const column = inputs.find((input) => input.name === name);
    if (column === undefined) refuse(`there is no column "${name}"`);
    else if (column.categories !== undefined) refuse(`column "${name}" holds categories, which have no order`);
  }
  return `(${inputs.map(({ name }) => (Object.hasOwn(monotone, name) ? SIGNS[monotone[name]!] : 0)).join(",")})`;
}

function refuse(what: string): never {
  throw new DomainError("BAD_TRAINING_DATA", `model.monotone: ${what}: take it away there`);
}
