import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, PRIVATE_FILE } from "../private-files.ts";

/**
 * The name of the process whose state is in this folder, made at its first start. It is the same after a restart, and
 * another one after the folder was lost.
 */
export function instanceIdIn(dir: string): string {
  const file = join(dir, "instance-id");
  try {
    const known = readFileSync(file, "utf8").trim();
    if (known !== "") return known;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
  }
  makeFolder(dir);
  const id = randomUUID();
  writeFileSync(file, `${id}\n`, { mode: PRIVATE_FILE });
  return id;
}
