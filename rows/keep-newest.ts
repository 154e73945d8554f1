import type { TrainingRow } from "../schemas/index.ts";
import { optionPart } from "./row-id.ts";

/**
 * Keeps the newest row of each decision, or of each of its options, by its time; of two with the same time the later
 * record. Decisions made anew under an id have the same id and another time, so they are different decisions. The keys
 * of the map are internal; they sort by decision id, then by time, then by option: hashes of rows go by that order.
 */
export function keepNewest(newest: Map<string, TrainingRow>, row: TrainingRow): void {
  const about = `${String(row["decisionId"])}\0${String(row["decisionTime"])}${optionPart(row["optionId"])}`;
  const other = newest.get(about);
  if (other === undefined || (other["rowTime"] as number) <= (row["rowTime"] as number)) newest.set(about, row);
}
