import type { RunOptions } from "../../loop/index.ts";
import type { Log } from "../../streams/index.ts";
import { progress, type Progress } from "../text/progress.ts";
import { stderrLine } from "./status-line.ts";

/** On a terminal, the restore of local state as a progress bar. `undefined` elsewhere: the log has lines of it. */
export function restoreView(log: Log): RunOptions["onRestore"] {
  if (!stderrLine.isTerminal) return undefined;
  const bars = new Map<string, Progress>();
  return ({ task, done, total }) => {
    let bar = bars.get(task);
    if (bar === undefined) bars.set(task, (bar = progress(`restoring ${task}`, total)));
    bar.update(done, "records of its changelog", total);
    if (done < total) return;
    bar.stop();
    bars.delete(task);
    log.info({ task, records: total }, `restored ${task} from its changelog`);
  };
}
