import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "../private-files.ts";

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
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  mkdirSync(dir, { recursive: true, mode: PRIVATE_FOLDER });
  const id = randomUUID();
  writeFileSync(file, `${id}\n`, { mode: PRIVATE_FILE });
  return id;
}
