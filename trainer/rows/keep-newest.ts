import type { TrainingRow } from "../../schemas/index.ts";

/** Keeps the newest row of each decision by its time; of two with the same time the one that comes later. */
export function keepNewest(newest: Map<string, TrainingRow>, decisionId: string, row: TrainingRow): void {
  const other = newest.get(decisionId);
  if (other === undefined || (other["rowTime"] as number) <= (row["rowTime"] as number)) newest.set(decisionId, row);
}
