import { randomUUID } from "node:crypto";
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { StreamsError } from "../../streams/client/index.ts";

interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Start of the process in ticks since the machine's, on Linux; null: not known. A number of a process is used again. */
  readonly started: string | null;
  /** It has let go. */
  readonly free: boolean;
}

const NAME = /^lock\.(\d+)$/;
const MOST_ATTEMPTS = 20;

/**
 * Holds a folder for this process until it is released or the process ends in any way. Files `lock.N` are never changed
 * by another process: the next owner makes the next number, which only one process can, and the largest number counts.
 * Throws `BACKBONE_LOCKED` with the owner's process.
 * @returns releases it
 */
export function lockFolder(folder: string): () => void {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const newest = newestIn(folder);
    const owner = newest === 0 ? undefined : ownerIn(folder, newest);
    if (owner !== undefined && isHeld(owner)) throw heldBy(folder, newest, owner);
    const mine = newest + 1;
    if (!claim(folder, mine)) continue;
    // A slower process may have seen an older state of the folder than this one.
    if (newestIn(folder) !== mine) {
      rmSync(join(folder, `lock.${mine}`), { force: true });
      continue;
    }
    for (const number of numbersIn(folder)) if (number < mine) rmSync(join(folder, `lock.${number}`), { force: true });
    return () => write(folder, `lock.${mine}`, { ...self(), free: true });
  }
  throw new StreamsError(
    "BACKBONE_LOCKED",
    `the spool ${folder} is opened by several processes at once: open it again`,
  );
}

const numbersIn = (folder: string): readonly number[] =>
  readdirSync(folder).flatMap((name) => {
    const number = NAME.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });

const newestIn = (folder: string): number => Math.max(0, ...numbersIn(folder));

/** A file appears whole, and only if there is none of its name. */
function claim(folder: string, number: number): boolean {
  const draft = `lock.draft-${randomUUID()}`;
  write(folder, draft, self());
  try {
    linkSync(join(folder, draft), join(folder, `lock.${number}`));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(join(folder, draft), { force: true });
  }
}

const write = (folder: string, name: string, owner: Owner): void =>
  writeFileSync(join(folder, name), JSON.stringify(owner), { mode: 0o600 });

function ownerIn(folder: string, number: number): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, `lock.${number}`), "utf8")) as Owner;
  } catch {
    // Removed meanwhile, or cut by a power cut: its process is gone.
    return undefined;
  }
}

const self = (): Owner => ({ host: hostname(), pid: process.pid, started: startOf(process.pid), free: false });

function isHeld({ host, pid, started, free }: Owner): boolean {
  if (free) return false;
  // Of another machine nothing can be said.
  if (host !== hostname()) return true;
  if (started !== null && startOf(pid) !== started) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program, in brackets, may hold spaces.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function heldBy(folder: string, number: number, { host, pid }: Owner): StreamsError {
  const here = host === hostname();
  const advice = here ? "" : `; if that machine is gone, remove ${join(folder, `lock.${number}`)}`;
  return new StreamsError(
    "BACKBONE_LOCKED",
    `the spool ${folder} is in use by process ${pid}${here ? "" : ` on ${host}`}: give each client a folder of its own${advice}`,
  );
}
