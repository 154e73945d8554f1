import { copyFile, mkdir, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import { StreamsError } from "../../errors.ts";
import { inspectClosed } from "../../leveldb/inspect-closed.ts";
import type { Cut } from "../../leveldb/inspect.ts";
import { makePrivate, PRIVATE_FOLDER } from "../../private-files.ts";
import type { Log } from "../../log.ts";

/**
 * Call it before the log is opened. After a power cut it keeps the beginning of the log, without a hole: records behind
 * pages that were never written are set aside. Rejects with `LOG_CORRUPT` and the next step if LevelDB would begin an
 * empty log or leave records out.
 */
export async function soundLog(dir: string, path: string, log: Log): Promise<void> {
  const found = await inspectClosed(path);
  if (found === undefined || found.kind === "sound") return;
  if (found.kind === "damaged") {
    throw new StreamsError(
      "LOG_CORRUPT",
      `the log in ${path} is damaged: ${found.what}. Nothing was changed. ${capital(found.remedy)}; to begin with an empty log, move the folder away`,
    );
  }
  const aside = await setAside(dir, found.cuts);
  log.error(
    { log: path, setAside: aside },
    "the newest writes to the embedded log were not all on the disk when the power went: it ends before the first missing one, and the writes behind are set aside",
  );
}

async function setAside(dir: string, cuts: readonly Cut[]): Promise<string> {
  const aside = join(dir, `log-set-aside-${Date.now()}`);
  await mkdir(aside, { recursive: true, mode: PRIVATE_FOLDER });
  for (const { path } of cuts) await copyFile(path, join(aside, basename(path)));
  for (const { path, at } of cuts) await truncate(path, at);
  await makePrivate(aside);
  return aside;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
