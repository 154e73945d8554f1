import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Child {
  /** What it said when it was ready. */
  readonly said: unknown;
  /** It closes what it has open, and ends. */
  end(): Promise<void>;
  kill(): Promise<void>;
}

/** Another process that has the directory open, or is connected to the one that has. */
export async function startHolder(dir: string, ...values: readonly string[]): Promise<Child> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "holder.ts"), dir, ...values], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([once(lines, "line"), exited.then(() => [undefined])])) as [string | undefined];
  if (line === undefined) throw new Error(`the process ended with ${describe(child)} before it was ready`);
  return {
    said: JSON.parse(line),
    async end() {
      child.stdin.end();
      await exited;
      if (child.exitCode !== 0) throw new Error(`the process ended with ${describe(child)}`);
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function describe(child: ChildProcess): string {
  return `code ${child.exitCode}, signal ${child.signalCode}`;
}
