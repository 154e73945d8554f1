import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../source-graph.ts";

const run = promisify(execFile);

/** Machine time that the path may take, ms. */
export const MOST_MS = 300_000;

/** The commands of a page, in their order; a text that follows `<<'END'` belongs to its command. */
export const commandsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block]) =>
    [...block!.matchAll(/^[^\n]*<<'END'\n.*?^END$|^[^\n]+$/gms)].map(([command]) => command),
  );

export const tutorialCommands = (): readonly string[] =>
  commandsOf(readFileSync(join(root, "docs/tutorial.md"), "utf8"));

/**
 * Runs commands in a folder as a person types them, one after the other until one fails, with a background loop ended
 * at the end. `npx loopstream` is the program of a checkout, as the page says for a clone.
 * @returns what they wrote to stdout
 */
export async function runCommands(dir: string, commands: readonly string[], checkout = root): Promise<string> {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  const main = join(checkout, "cli/main.ts");
  writeFileSync(
    join(bin, "npx"),
    `#!/bin/sh\nshift\nexec "${process.execPath}" --no-allocation-site-pretenuring "${main}" "$@"\n`,
  );
  chmodSync(join(bin, "npx"), 0o755);
  writeFileSync(join(dir, "commands.sh"), ["set -e", 'trap "kill %1; wait" EXIT', ...commands, ""].join("\n"));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:npm_|VITEST)/.test(name)));
  const { stdout } = await run("bash", ["commands.sh"], {
    ...{ cwd: dir, timeout: MOST_MS, maxBuffer: 16 << 20 },
    env: { ...env, PATH: `${bin}${delimiter}${process.env["PATH"]}` },
  });
  return stdout;
}
