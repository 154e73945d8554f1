import { setTimeout as sleep } from "node:timers/promises";
import { ClassicLevel } from "classic-level";
import { inspect, type Finding } from "./inspect.ts";

/**
 * A process that has the folder open for a moment changes files meanwhile. So damage is believed only after so many
 * looks that saw it.
 */
const AGREEING = 4;
const MOST_LOOKS = 50;
const PAUSE_MS = 25;

/**
 * The condition of a LevelDB folder that is about to be opened: see `inspect`. `undefined` if another process has it
 * open: its files may be seen in the middle of a change, and opening the folder tells it.
 */
export async function inspectClosed(folder: string): Promise<Finding | undefined> {
  let agreed = 0;
  for (let left = MOST_LOOKS; ; left--) {
    const seen = left === 0 ? await inspect(folder) : await inspect(folder).catch(vanished);
    if (seen?.kind === "sound") return seen;
    if (await isOpenElsewhere(folder)) return undefined;
    agreed = seen === undefined ? 0 : agreed + 1;
    if (seen !== undefined && (agreed === AGREEING || left === 0)) return seen;
    await sleep(PAUSE_MS);
  }
}

/** A file was taken away while it was looked at: somebody is at work. */
function vanished(error: unknown): undefined {
  if ((error as { readonly code?: unknown }).code !== "ENOENT") throw error;
  return undefined;
}

/** LevelDB takes the lock before it looks at anything, and then refuses to go on: nothing is changed. */
async function isOpenElsewhere(folder: string): Promise<boolean> {
  const probe = new ClassicLevel(folder, { createIfMissing: false, errorIfExists: true });
  try {
    await probe.open();
    await probe.close();
    return false;
  } catch (error) {
    return (error as { readonly cause?: { readonly code?: string } }).cause?.code === "LEVEL_LOCKED";
  }
}
