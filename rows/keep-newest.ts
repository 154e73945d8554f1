import type { TrainingRow } from "../schemas/index.ts";

/**
 * Keeps the newest row of each decision by its time; of two with the same time the later record. Decisions made anew
 * under an id have the same id and another time, so they are different decisions. The keys of the map are internal.
 */
export function keepNewest(newest: Map<string, TrainingRow>, row: TrainingRow): void {
  const decision = `${String(row["decisionId"])}\0${String(row["decisionTime"])}`;
  const other = newest.get(decision);
  if (other === undefined || (other["rowTime"] as number) <= (row["rowTime"] as number)) newest.set(decision, row);
}
