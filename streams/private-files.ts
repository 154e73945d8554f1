import { mkdirSync, statSync } from "node:fs";
import { chmod, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StreamsError } from "./errors.ts";

/** Only this user reads, writes and enters. */
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/** The loop's own files in its directory; anything else in it is a person's. */
const ours =
  /^(log|state(-searches|-rows)?|demo|replays|run\.json(\.new)?|loopstream(-[0-9a-f]+)?\.sock(\.path)?|log-set-aside-\d+)$/;

/** A directory of the loop, made if it is missing. If it holds other things too, its mode is left alone. */
export async function privateDirectory(dir: string): Promise<void> {
  makeFolder(dir);
  if ((await readdir(dir)).every((name) => ours.test(name))) await allow(dir, PRIVATE_FOLDER);
}

/**
 * A folder that only this user may use, and those above it, made if they are missing. Throws `BAD_DIRECTORY`. Node's
 * `mkdir` with `recursive` never ends below `/proc`.
 */
export function makeFolder(folder: string): void {
  try {
    makeMissing(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Room comes back: its owner tries again.
    if (code === "ENOSPC" || code === "EDQUOT" || code === "EIO") throw error;
    const reason = code === "EEXIST" || code === "ENOTDIR" ? "there is a file or a broken link in its place" : message;
    throw new StreamsError("BAD_DIRECTORY", `the directory ${folder} can't be made: ${reason}`, error);
  }
}

function makeMissing(folder: string): void {
  if (isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeMissing(above);
  try {
    mkdirSync(folder, { mode: PRIVATE_FOLDER });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** A folder of files, made if it is missing. Only this user may use it and its files, even if another made them. */
export async function privateFolder(folder: string): Promise<void> {
  makeFolder(folder);
  await makePrivate(folder);
}

/** A folder and its files. LevelDB makes new files as open as the process's umask allows. */
export async function makePrivate(folder: string): Promise<void> {
  await allow(folder, PRIVATE_FOLDER);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isFile()) await allow(join(folder, entry.name), PRIVATE_FILE);
}

/** Files that are gone meanwhile, or belong to another user, are left alone. */
async function allow(path: string, mode: number): Promise<void> {
  try {
    await chmod(path, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EPERM" && code !== "EROFS") throw error;
  }
}
