import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { basename } from "node:path";

/**
 * The calling thread gives way to the others of the machine, those of this process among them. On Linux alone, where
 * a thread has a priority of its own; elsewhere nothing changes.
 */
export function lowerPriority(): void {
  try {
    setPriority(Number(basename(readlinkSync("/proc/thread-self"))), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    return;
  }
}
