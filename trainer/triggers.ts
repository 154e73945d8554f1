import { createTask } from "node-cron";

const MINUTE = 60_000;

/** Whether the cron line (UTC) was due at a minute in `(after, until]`, ms; at most the last 31 days are looked at. */
export function cronDue(schedule: string, after: number, until: number): boolean {
  const task = createTask(schedule, () => undefined, { timezone: "UTC" });
  const last = Math.floor(until / MINUTE) * MINUTE;
  const first = Math.max(after + 1, last - 31 * 24 * 60 * MINUTE);
  for (let minute = last; minute >= first; minute -= MINUTE) if (task.match(new Date(minute))) return true;
  return false;
}

/** Looper's rule: enough of the rows are newer than the last training. `share` 0.2 is 20 % of the rows that were there then. */
export function freshRowsDue(share: number, rowsAtLastTraining: number, rowsNow: number): boolean {
  return rowsNow - rowsAtLastTraining >= share * rowsAtLastTraining;
}
