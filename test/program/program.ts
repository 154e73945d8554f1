import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { kept } from "./kept.ts";

const root = join(import.meta.dirname, "../..");
const build = "test/program/build.ts";
/** Folders that the command line loads nothing of. */
const others = new Set(["bench", "clients", "coverage", "dist", "docs", "examples", "node_modules", "package", "test"]);

let known: string | undefined;

/**
 * The command line's file for tests that start it as a process: bundled from `cli/main.ts`. Node loads some two
 * thousand files otherwise, at every start. Threads and assets are those of the sources.
 */
export function program(): string {
  known ??= built();
  return known;
}

function built(): string {
  const rooms = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !others.has(entry.name))
    .map(({ name }) => name);
  const { folder, isThere, begun, done } = kept("program", [...rooms, "package-lock.json", build]);
  if (!isThere) {
    execFileSync(process.execPath, [build, begun], { cwd: root, stdio: "inherit" });
    done();
  }
  return join(folder, "main.mjs");
}
