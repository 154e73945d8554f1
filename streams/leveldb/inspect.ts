import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readFramedLog } from "./framed-log.ts";
import { readManifest, type Manifest } from "./manifest.ts";

/** Of a database's own log. */
export interface Cut {
  readonly path: string;
  /** The bytes that are left of it. */
  readonly at: number;
}

export type Finding =
  /** LevelDB opens it with all it has, but for a write that was not finished. */
  | { readonly kind: "sound" }
  /** Pages of the newest writes were never written, as when the power goes; LevelDB would leave a hole there. Cut so, all that is left is a beginning. */
  | { readonly kind: "unwritten"; readonly cuts: readonly Cut[] }
  /** LevelDB would not open it, or leave something out without a word. */
  | { readonly kind: "damaged"; readonly what: string; readonly remedy: string };

const BACKUP = "restore the folder from a backup";

/**
 * Looks through a LevelDB folder before LevelDB does. LevelDB makes a new database if `CURRENT` is missing, goes back
 * to an older one if the manifest is cut, and leaves out unreadable records of its logs. Changes nothing. A folder that
 * another process has open may seem damaged.
 */
export async function inspect(folder: string): Promise<Finding> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const manifests = names.filter((name) => name.startsWith("MANIFEST-")).sort();
  const data = names.filter((name) => /^\d+\.(log|ldb|sst)$/.test(name));
  if (!names.includes("CURRENT")) {
    // Killed while it was made, a database has a first manifest and nothing else.
    if (data.length === 0 && manifests.every((name) => name === "MANIFEST-000001")) return { kind: "sound" };
    const newest = manifests.at(-1);
    const mend = newest === undefined ? "" : `, or write the line ${newest} into CURRENT`;
    return damaged("CURRENT is missing, though there are other files of the database", `${BACKUP}${mend}`);
  }
  const current = await readFile(join(folder, "CURRENT"), "latin1");
  const name = /^(MANIFEST-\d+)\n$/.exec(current)?.[1];
  if (name === undefined || !manifests.includes(name)) {
    const newest = manifests.at(-1);
    const mend = newest === undefined || newest === name ? "" : `, or write the line ${newest} into CURRENT`;
    return damaged("CURRENT names no manifest that is there", `${BACKUP}${mend}`);
  }
  const manifest = await manifestIn(join(folder, name));
  if (typeof manifest === "string") return damaged(`${name} ${manifest}`, BACKUP);
  return (await tablesMissing(folder, manifest)) ?? (await inspectLogs(folder, names, manifest));
}

const damaged = (what: string, remedy: string): Finding => ({ kind: "damaged", what, remedy });

async function manifestIn(path: string): Promise<Manifest | string> {
  const { records, damage } = readFramedLog(await readFile(path));
  if (damage !== undefined) return `is damaged at byte ${damage.at}`;
  if (records.length === 0) return "is empty or cut";
  try {
    return readManifest(records);
  } catch {
    return "is damaged or cut";
  }
}

async function tablesMissing(folder: string, { tables }: Manifest): Promise<Finding | undefined> {
  for (const [number, size] of tables) {
    const stem = String(number).padStart(6, "0");
    const found = await stat(join(folder, `${stem}.ldb`)).catch(() =>
      stat(join(folder, `${stem}.sst`)).catch(() => undefined),
    );
    if (found === undefined) return damaged(`table ${stem}.ldb is missing`, BACKUP);
    if (found.size !== size) return damaged(`table ${stem}.ldb has ${found.size} bytes, not ${size}`, BACKUP);
  }
  return undefined;
}

/** Of a write, before its operations: the number of the first one u64, how many u32; little-endian. */
const spanOf = (write: Buffer): { readonly first: number; readonly next: number } => {
  const first = Number(write.readBigUInt64LE());
  return { first, next: first + write.readUInt32LE(8) };
};

async function inspectLogs(folder: string, names: readonly string[], manifest: Manifest): Promise<Finding> {
  const { logNumber, lastSequence } = manifest;
  const logs = names
    .filter((name) => name.endsWith(".log") && Number.parseInt(name, 10) >= logNumber)
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  if (logNumber > 0 && (logs[0] === undefined || Number.parseInt(logs[0], 10) !== logNumber)) {
    const missing = `${String(logNumber).padStart(6, "0")}.log is missing: it was removed, or the manifest is cut`;
    return damaged(missing, BACKUP);
  }
  let next = lastSequence + 1;
  for (const [at, name] of logs.entries()) {
    const path = join(folder, name);
    const { records, whole, damage } = readFramedLog(await readFile(path));
    const writes = records.filter((record) => record.length >= 12);
    const later = logs.slice(at + 1).map((log) => ({ path: join(folder, log), at: 0 }));
    if (writes[0] !== undefined && spanOf(writes[0]).first > next) {
      return { kind: "unwritten", cuts: [{ path, at: 0 }, ...later] };
    }
    if (writes.length > 0) next = Math.max(next, spanOf(writes.at(-1)!).next);
    if (damage === undefined) continue;
    if (damage.neverWritten) return { kind: "unwritten", cuts: [{ path, at: whole }, ...later] };
    const commands = [`truncate -s ${whole} ${path}`, ...later.map((cut) => `truncate -s 0 ${cut.path}`)];
    return damaged(
      `${name} is damaged at byte ${damage.at}, with whole records behind`,
      `${BACKUP}, or give up the records behind the damage: ${commands.join("; ")}`,
    );
  }
  return { kind: "sound" };
}
