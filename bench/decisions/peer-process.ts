import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A program of the benchmark with its output in a file. */
export interface PeerProcess {
  readonly pid: number;
  /** Set when it has ended without being asked to. */
  readonly failure: () => string | undefined;
  /** Resolves when it has ended by itself; rejects with its last lines when it failed. */
  ended(): Promise<void>;
  /** SIGTERM, and waits: a transaction left open at the broker would hold up the readers of the next run. */
  end(): Promise<void>;
}

export function startPeer(command: string, args: readonly string[], log: string): PeerProcess {
  const output = openSync(log, "a");
  const child = spawn(command, args, { stdio: ["ignore", output, output] });
  closeSync(output);
  running.add(child);
  let asked = false;
  let failure: string | undefined;
  const gone = new Promise<void>((resolve) => {
    const over = (why: string | undefined): void => {
      failure ??= why;
      running.delete(child);
      resolve();
    };
    child.once("error", (error) => over(error.message));
    child.once("exit", (code, signal) => over(code === 0 || asked ? undefined : `it ended with ${code ?? signal}`));
  });
  const tail = (): string => readFileSync(log, "utf8").split("\n").slice(-30).join("\n");
  return {
    pid: child.pid ?? 0,
    failure: () => (failure === undefined ? undefined : `${command}: ${failure}\n${tail()}`),
    async ended() {
      await gone;
      if (failure !== undefined) throw new Error(`${command}: ${failure}\n${tail()}`);
    },
    async end() {
      asked = true;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
      await gone;
      clearTimeout(timer);
    },
  };
}
