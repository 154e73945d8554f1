import { setTimeout as delay } from "node:timers/promises";
import type { TopicTools } from "../../streams/index.ts";
import { isReady, runningInstances, type RunningInstances } from "./running-instances.ts";

/** The instances that a publish waits for. */
export interface Warming {
  /** The number of running instances, and of the ready ones. */
  readonly instances: number;
  readonly ready: number;
  /** Retained events that they have still to read, all together. */
  readonly eventsLeft: number;
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the result of every look. */
  readonly onWarming?: ((warming: Warming) => void) | undefined;
}

const LOOK_EVERY_MS = 250;

/**
 * Resolves once every running instance has read the topic of blueprints up to an offset and has filled these window
 * groups. An instance that stops is no longer waited for. Rejects with the signal's reason.
 */
export async function whenFull(
  tools: TopicTools,
  blueprintsEnd: number,
  stateIds: ReadonlySet<string>,
  { signal, onWarming }: WaitOptions = {},
): Promise<RunningInstances> {
  for (;;) {
    signal?.throwIfAborted();
    const found = await runningInstances(tools);
    const behind = found.running.filter((one) => !isReady(one, blueprintsEnd, stateIds));
    if (behind.length === 0) return found;
    onWarming?.(warmingOf(found, blueprintsEnd, stateIds));
    await delay(LOOK_EVERY_MS, undefined, signal === undefined ? {} : { signal });
  }
}

export function warmingOf(
  { running }: RunningInstances,
  blueprintsEnd: number,
  stateIds: ReadonlySet<string>,
): Warming {
  const behind = running.filter((one) => !isReady(one, blueprintsEnd, stateIds));
  const eventsLeft = behind.reduce((sum, one) => sum + one.eventsLeft, 0);
  return { instances: running.length, ready: running.length - behind.length, eventsLeft };
}
