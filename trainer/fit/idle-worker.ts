import { Worker, type ResourceLimits } from "node:worker_threads";

/** A start takes a quarter of a second of a processor, and the trainings of a history follow each other within seconds. */
const KEPT_MS = 10_000;

/** Its own objects are few, and most of what V8 would take for young ones stays unused. */
const MEMORY: ResourceLimits = { maxYoungGenerationSizeMb: 16 };

let idle: { readonly worker: Worker; readonly timer: NodeJS.Timeout } | undefined;

/** A worker that runs no fit: the one that the last fit left, or a new one. */
export function takeWorker(): Worker {
  if (idle === undefined) return new Worker(new URL("./fit-worker.ts", import.meta.url), { resourceLimits: MEMORY });
  const { worker, timer } = idle;
  idle = undefined;
  clearTimeout(timer);
  worker.off("exit", forget).off("error", forget).ref();
  return worker;
}

/**
 * Keeps a worker for the next fit, and ends it if none comes soon: until then it holds the memory of its last fit. It
 * keeps no process alive.
 *
 * @param worker has ended its fit, and nobody listens to it any more
 */
export async function leaveWorker(worker: Worker): Promise<void> {
  if (idle !== undefined) {
    await worker.terminate();
    return;
  }
  worker.once("exit", forget).once("error", forget).unref();
  idle = { worker, timer: setTimeout(() => end(worker), KEPT_MS).unref() };
}

/** It is forgotten first: a fit that comes while the thread still ends must not wait for it. */
function end(worker: Worker): void {
  forget();
  void worker.terminate();
}

function forget(): void {
  clearTimeout(idle?.timer);
  idle = undefined;
}
