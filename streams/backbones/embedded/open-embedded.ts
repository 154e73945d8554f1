import { existsSync } from "node:fs";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { StreamsError } from "../../errors.ts";
import { silent } from "../../log.ts";
import { reasonOf } from "../../outage.ts";
import { makePrivate, privateDirectory, privateFolder } from "../../private-files.ts";
import { EmbeddedBackbone } from "./embedded-backbone.ts";
import type { EmbeddedBackboneOptions, LogMemory } from "./embedded-options.ts";
import { soundLog } from "./sound-log.ts";
import type { LogDatabase } from "./write-queue.ts";

const logIn = (dir: string): string => join(dir, "log");

/** Whether the directory has an embedded log. Opening one that has none makes a new one. */
export const hasLog = (dir: string): boolean => existsSync(logIn(dir));

/**
 * A log with partitions, offsets, groups, compaction and transactions inside this process, kept in LevelDB. The records
 * of one `send` or one `commit` are stored in one atomic write. It survives kill -9 of the process, and a power cut as
 * `sync` says. After a failed write, by a full disk for instance, the log is opened anew: acknowledged records are
 * there, and others may be tried again.
 */
export async function createEmbeddedBackbone(options: EmbeddedBackboneOptions): Promise<EmbeddedBackbone> {
  await privateDirectory(options.dir);
  const path = logIn(options.dir);
  await privateFolder(path);
  await soundLog(options.dir, path, options.log ?? silent);
  const database = options.database?.(path) ?? levelDatabase(path, options.memory ?? {});
  try {
    await database.open();
  } catch (error) {
    const code = error instanceof Error ? (error.cause as { code?: string } | undefined)?.code : undefined;
    if (code === "LEVEL_LOCKED") {
      throw new StreamsError(
        "BACKBONE_LOCKED",
        `${options.dir} is open in another process: stop that one first`,
        error,
      );
    }
    throw new StreamsError(
      code === "LEVEL_CORRUPTION" ? "LOG_CORRUPT" : "BACKBONE_UNAVAILABLE",
      `the log in ${options.dir} can't be opened: ${reasonOf(error)}`,
      error,
    );
  }
  try {
    await makePrivate(path);
    const backbone = new EmbeddedBackbone(database, path, options);
    await backbone.load();
    return backbone;
  } catch (error) {
    // Its lock would be held on to otherwise.
    await database.close();
    throw error;
  }
}

const levelDatabase = (path: string, { writeBufferBytes = 32 << 20, openFiles = 1_000 }: LogMemory): LogDatabase =>
  new ClassicLevel(path, {
    keyEncoding: "buffer",
    valueEncoding: "buffer",
    writeBufferSize: writeBufferBytes,
    maxOpenFiles: openFiles,
  });
