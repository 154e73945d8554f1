import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../servers/ports.ts";
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

/** As they are, or with another port where something else on this machine has the page's. */
export async function onFreePort(commands: readonly string[]): Promise<readonly string[]> {
  if (await isFree(PORT)) return commands;
  const [port] = (await freePorts(1)) as [number];
  return commands.map((command) =>
    command
      .replaceAll(String(PORT), String(port))
      .replaceAll("loopstream simulate", `loopstream simulate --url http://localhost:${port}`),
  );
}

/** Of the page. */
const PORT = 8_080;

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/**
 * Runs commands in a folder as a person types them, one after the other until one fails, with a background loop ended
 * at the end. `npx loopstream` is the program of a checkout, as the page says for a clone.
 * @returns what they wrote to stdout
 */
export async function runCommands(
  dir: string,
  commands: readonly string[],
  { checkout = root, mostMs = MOST_MS }: { readonly checkout?: string; readonly mostMs?: number } = {},
): Promise<string> {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  const main = join(checkout, "cli/main.ts");
  writeFileSync(
    join(bin, "npx"),
    `#!/bin/sh\nshift\nexec "${process.execPath}" --no-allocation-site-pretenuring --heap-growing-percent=100 "${main}" "$@"\n`,
  );
  chmodSync(join(bin, "npx"), 0o755);
  writeFileSync(join(dir, "commands.sh"), ["set -e", 'trap "kill %1; wait" EXIT', ...commands, ""].join("\n"));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:npm_|VITEST)/.test(name)));
  const { stdout } = await run("bash", ["commands.sh"], {
    ...{ cwd: dir, timeout: mostMs, maxBuffer: 16 << 20 },
    env: { ...env, PATH: `${bin}${delimiter}${process.env["PATH"]}` },
  });
  return stdout;
}
