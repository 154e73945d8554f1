import { readdirSync } from "node:fs";
import { constants, setPriority } from "node:os";

/** The threads that there are. */
const TASKS = "/proc/self/task";

/**
 * Lets all other processes go first. On Linux a priority is a thread's: those that collect garbage and write state are there already and keep theirs
 * otherwise; what they start later inherits it.
 */
export function takeLowestPriority(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  if (process.platform !== "linux") return;
  for (const task of readdirSync(TASKS)) {
    try {
      setPriority(Number(task), constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended meanwhile.
    }
  }
}
