import type { TrainingRow } from "../schemas/index.ts";
import { optionPart } from "./row-id.ts";

/**
 * Keeps the newest row of each decision, or of each of its options, by its time; of two with the same time the later
 * record. Decisions made anew under an id have the same id and another time, so they are different decisions.
 */
export function keepNewest(newest: Map<string, TrainingRow>, row: TrainingRow): void {
  const about = aboutOf(row);
  if (isNewer(row, newest.get(about))) newest.set(about, row);
}

/** What a row is about, as a text that sorts by decision id, then by time, then by option: hashes of rows go by that order. */
export const aboutOf = (row: TrainingRow): string =>
  `${String(row["decisionId"])}\0${String(row["decisionTime"])}${optionPart(row["optionId"])}`;

/** Whether a row, of which the record comes later, takes the place of another one about the same. */
export const isNewer = (row: TrainingRow, other: TrainingRow | undefined): boolean =>
  other === undefined || (other["rowTime"] as number) <= (row["rowTime"] as number);
