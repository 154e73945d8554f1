import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeFolder, StreamsError, type Log } from "../../streams/client/index.ts";
import { readFrames } from "./frames.ts";
import { Spool } from "./spool.ts";
import { keepFrame, liveIn, type Spooled } from "./spooled.ts";
import { FILE_HEAD, putFile, SpoolFile } from "./spool-file.ts";
import { lockFolder } from "./spool-lock.ts";

const NAME = "records.spool";

/**
 * Opens the spool in a folder of this client's own, which is made if it is missing. Throws `BACKBONE_LOCKED` if another
 * process has it open, `NEWER_RELEASE`, `BAD_DIRECTORY`, or `STATE_UNAVAILABLE` if the disk refuses it.
 */
export function openSpool(given: string, log: Log): Spool {
  if (given.trim() === "") throw new StreamsError("BAD_DIRECTORY", "the spool has no name: give it a folder");
  const folder = resolve(given);
  makeFolder(folder);
  let release: (() => void) | undefined;
  try {
    release = lockFolder(folder);
    const path = join(folder, NAME);
    const left = existsSync(path) ? leftIn(path, log) : [];
    const bytes = Buffer.concat([FILE_HEAD, ...left.map(keepFrame)]);
    putFile(path, bytes);
    return new Spool(new SpoolFile(path, bytes.length), left, release);
  } catch (error) {
    release?.();
    if (error instanceof StreamsError) throw error;
    const { message } = error as Error;
    throw new StreamsError("STATE_UNAVAILABLE", `the spool ${folder} can't be opened: ${message}`, error);
  }
}

/** The records that are neither stored nor refused, in their order. */
function leftIn(path: string, log: Log): readonly Spooled[] {
  const bytes = readFileSync(path);
  checkHead(path, bytes.subarray(0, FILE_HEAD.length));
  const { contents, torn, damaged } = readFrames(bytes, FILE_HEAD.length);
  if (torn > 0) log.info({ path, bytes: torn }, "spool: the last write was cut off; no call was answered for it");
  if (damaged > 0) {
    const copy = `${path}.damaged`;
    if (!existsSync(copy)) putFile(copy, bytes);
    log.error({ path, bytes: damaged, copy }, "spool: a part can't be read, and its records are lost; a copy is kept");
  }
  return liveIn(contents);
}

function checkHead(path: string, head: Buffer): void {
  // Cut off at its first write.
  if (head.equals(FILE_HEAD.subarray(0, head.length))) return;
  const [version, known] = [head.at(-1)!, FILE_HEAD.at(-1)!];
  if (!head.subarray(0, -1).equals(FILE_HEAD.subarray(0, -1)) || version < known) {
    throw new StreamsError("BAD_DIRECTORY", `${path} is no spool: name another folder`);
  }
  const message = `a later release wrote ${path} (format ${version}, here ${known}): start that release, which sends its records`;
  throw new StreamsError("NEWER_RELEASE", message);
}
