import { cpSync, existsSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

/** LevelDB's own logs in a folder, oldest first: what it has not made tables of. */
export function writeAheadLogs(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const logs = readdirSync(folder).filter((name) => name.endsWith(".log"));
  return logs.sort().map((name) => join(folder, name));
}

/** Bytes that the database has written and not made tables of. */
export const writtenTo = (folder: string): number =>
  writeAheadLogs(folder).reduce((sum, path) => sum + statSync(path).size, 0);

/** What lies on the disk. */
export function takeAway(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !path.includes("loopstream.sock") });
}

/** A power cut: of what was written, `left` of all bytes are on the disk. */
export function cutBack(folder: string, left: number): void {
  let room = left;
  for (const path of writeAheadLogs(folder)) {
    const { size } = statSync(path);
    truncateSync(path, Math.min(size, room));
    room = Math.max(0, room - size);
  }
}
