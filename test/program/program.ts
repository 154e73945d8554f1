import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const kept = join(root, "node_modules/.cache/program");
/** Rooms that the command line loads nothing of. */
const OTHERS = new Set(["node_modules", "test", "bench", "docs", "examples", "dist", "clients"]);

let known: string | undefined;

/**
 * The command line's file for tests that start it as a process: bundled from `cli/main.ts`, anew when a source has
 * changed. Node loads some two thousand files otherwise, at every start. Threads and assets are those of the sources.
 */
export function program(): string {
  known ??= built();
  return known;
}

function built(): string {
  const folder = join(kept, stateOfSources());
  const main = join(folder, "main.js");
  if (existsSync(main)) return main;
  mkdirSync(kept, { recursive: true });
  const begun = `${folder}-${process.pid}`;
  execFileSync(process.execPath, [join(import.meta.dirname, "build.ts"), begun], { stdio: "inherit" });
  try {
    renameSync(begun, folder);
  } catch (error) {
    // Another worker was faster.
    if (!existsSync(main)) throw error;
    rmSync(begun, { recursive: true });
  }
  return main;
}

/** A hash of their paths, sizes and times. */
function stateOfSources(): string {
  const hash = createHash("sha256");
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !OTHERS.has(entry.name))
    .map(({ name }) => name);
  const sources = folders.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const file of [...sources, join(root, "package-lock.json"), join(import.meta.dirname, "build.ts")].sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}
