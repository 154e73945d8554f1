import type { ApplicationOptions } from "../streams/index.ts";

type Progress = Parameters<NonNullable<ApplicationOptions["onRestore"]>>[0];

export interface RestoreLine extends Progress {
  /** Whole percent, 100 only at the end. */
  readonly percent: number;
  readonly recordsPerSecond: number;
}

const EVERY_MS = 10_000;

/**
 * Log lines about a restore: one every ten seconds for the current task, and one at the end.
 * @param now ms of a clock that never goes back.
 */
export function restoreReport(
  say: (line: RestoreLine, text: string) => void,
  now: () => number = () => performance.now(),
): (progress: Progress) => void {
  const tasks = new Map<string, { readonly startedAt: number; readonly from: number; saidAt: number }>();
  return ({ task, done, total }) => {
    const at = now();
    let known = tasks.get(task);
    // Speed is measured from the first report on, which tells the beginning.
    if (known === undefined) tasks.set(task, (known = { startedAt: at, from: done, saidAt: at }));
    if (done < total && at - known.saidAt < EVERY_MS) return;
    known.saidAt = at;
    const seconds = Math.max(0.001, (at - known.startedAt) / 1_000);
    const recordsPerSecond = Math.round((done - known.from) / seconds);
    const percent = Math.floor((done / total) * 100);
    const count = (value: number): string => value.toLocaleString("en");
    say(
      { task, done, total, percent, recordsPerSecond },
      done < total
        ? `restoring ${task}: ${percent} % of ${count(total)} records, ${count(recordsPerSecond)} a second${restText(total - done, recordsPerSecond)}`
        : `restored ${task}: ${count(total)} records of its changelog`,
    );
    if (done >= total) tasks.delete(task);
  };
}

const restText = (records: number, recordsPerSecond: number): string =>
  recordsPerSecond === 0 ? "" : `, about ${Math.max(1, Math.round(records / recordsPerSecond))} s left`;
