import { ClassicLevel } from "classic-level";
import { inspect, type Finding } from "./inspect.ts";

/**
 * What a LevelDB folder that is about to be opened is like: see `inspect`. `undefined` where another process has it open, whose files may be
 * looked at in the middle of a change: opening it says so.
 */
export async function inspectClosed(folder: string): Promise<Finding | undefined> {
  const seen = await inspect(folder).catch(vanished);
  if (seen?.kind === "sound") return seen;
  if (await isOpenElsewhere(folder)) return undefined;
  // It may have been open until a moment ago.
  const again = await inspect(folder).catch(vanished);
  if (again?.kind === "sound") return again;
  if (await isOpenElsewhere(folder)) return undefined;
  return again ?? inspect(folder);
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
