import { setTimeout as delay } from "node:timers/promises";
import { hasCode, StreamsError, streamsLimits } from "../../streams/index.ts";
import { runningInstances } from "../instances/running-instances.ts";
import type { Place } from "../start.ts";

const LOOK_EVERY_MS = 250;

/**
 * Resolves to true once a loop runs in the process that has the embedded log open, and to false when that process has
 * gone. Rejects with `BACKBONE_LOCKED` if no loop runs there within `patienceMs`, and with the signal's reason.
 */
export async function whenSomebodyRuns(
  { connection, tools }: Place,
  dir: string,
  signal: AbortSignal,
  patienceMs: number = streamsLimits.startPatienceMs,
): Promise<boolean> {
  for (const deadline = performance.now() + patienceMs; ;) {
    signal.throwIfAborted();
    try {
      if ((await runningInstances(tools)).running.length > 0) return true;
    } catch (error) {
      if (hasCode(error, "BACKBONE_GONE")) return false;
      throw error;
    }
    if (connection.gone.aborted) return false;
    if (performance.now() > deadline) {
      throw new StreamsError(
        "BACKBONE_LOCKED",
        `${dir} is open in another process, in which no loop runs: stop that one, or have it run the loop`,
      );
    }
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
