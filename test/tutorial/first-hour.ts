/**
 * `npm run first-hour`: the tutorial's path from a clone to the first own trained decision, in a new folder. Prints how
 * many commands it has and their machine time.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../source-graph.ts";
import { MOST_MS, runCommands, tutorialCommands } from "./run-tutorial.ts";

const place = mkdtempSync(join(tmpdir(), "loopstream-first-hour-"));
const clone = join(place, "loopstream");
try {
  // A clone brings the program that `npm install` brings to an empty folder.
  const commands = tutorialCommands().slice(2);
  const started = performance.now();
  execFileSync("git", ["clone", "-q", root, clone], { stdio: "inherit" });
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--silent"], { cwd: clone, stdio: "inherit" });
  const installed = performance.now();
  const stdout = await runCommands(place, commands, { checkout: clone });
  const [clonedMs, allMs] = [installed - started, performance.now() - started];
  process.stdout.write(stdout);
  const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
  console.log(`\n${commands.length + 2} commands, ${seconds(allMs)} (${seconds(clonedMs)} for git clone and npm ci)`);
  if (allMs > MOST_MS) {
    console.error(`that is more than ${seconds(MOST_MS)}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
