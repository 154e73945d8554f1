import { evaluationSalt, unitPlace } from "../blueprints/index.ts";
import type { TrainingRow } from "../schemas/index.ts";

/** Rows by whether a model may learn from them, each in their order. */
export interface DividedRows {
  readonly learnt: readonly TrainingRow[];
  /** Of units that are kept for evaluation: no fit has them, of any model. */
  readonly kept: readonly TrainingRow[];
}

/**
 * Divides rows by their units, the same units of a use case for the same share at any time (docs/decisions/088). A
 * smaller share keeps some of the units that a larger one keeps, and no others.
 *
 * @param share of the units that is kept, 0 to 1
 */
export function divideUnits(rows: readonly TrainingRow[], useCase: string, share: number): DividedRows {
  if (share === 0) return { learnt: rows, kept: [] };
  const salt = evaluationSalt(useCase);
  const known = new Map<string, boolean>();
  const isKept = (row: TrainingRow): boolean => {
    const unit = row["unit"] as string;
    const kept = known.get(unit) ?? unitPlace(salt, unit) < share;
    known.set(unit, kept);
    return kept;
  };
  const kept = rows.filter(isKept);
  return { learnt: kept.length === 0 ? rows : rows.filter((row) => !isKept(row)), kept };
}
