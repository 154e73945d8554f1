import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../source-graph.ts";

const module = (file: string): string => JSON.stringify(pathToFileURL(join(root, file)).href);

/** Runs a program, sends it a signal once it has said something, and tells how it ended. */
async function ended(text: string): Promise<{ readonly code: number | string | null; readonly said: string }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const hear = (chunk: string): void => {
    if (said === "" && chunk.includes("up")) child.kill("SIGTERM");
    said += chunk;
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  return new Promise((resolve) => child.once("close", (code, signal) => resolve({ code: code ?? signal, said })));
}

test("a command whose work does not end is ended after the stated time, and says so", async () => {
  const { code, said } = await ended(`
    import { stopOnSignals } from ${module("cli/process/stopping.ts")};
    const error = (fields, message) => console.error(JSON.stringify(fields), message);
    stopOnSignals({ info() {}, warn() {}, error }, 300);
    setInterval(() => {}, 1_000);
    console.log("up");
  `);
  expect(code).toBe(1);
  expect(said).toContain('{"limitMs":300} not stopped in time: the process ends as it stands');
});

test("what a command leaves open does not keep its process alive", async () => {
  const { code } = await ended(`
    import { endSoon } from ${module("cli/process/stopping.ts")};
    setInterval(() => {}, 1_000);
    process.exitCode = 4;
    endSoon();
  `);
  expect(code).toBe(4);
});
