import { nextDue } from "../blueprints/index.ts";

/** Whether the cron line (UTC) was due at a minute in `(after, until]`, ms. */
export function cronDue(schedule: string, after: number, until: number): boolean {
  const next = nextDue(schedule, after);
  return next !== null && next <= until;
}

/** Looper's rule: enough rows are newer than the last training. `share` 0.2 is 20 % of the rows at that time. */
export function freshRowsDue(share: number, rowsAtLastTraining: number, rowsNow: number): boolean {
  return rowsNow - rowsAtLastTraining >= share * rowsAtLastTraining;
}
