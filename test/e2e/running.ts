import { spawn } from "node:child_process";
import { program } from "../program/program.ts";
import { root } from "./command.ts";

export interface Running {
  /** Everything it has written so far, to stdout and stderr. */
  readonly said: () => string;
  /** Resolves when it has written this; rejects when it ends before, or after half a minute. */
  says(text: string | RegExp): Promise<void>;
  send(signal: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it, and the milliseconds from the call. */
  ended(): Promise<{ readonly code: number | string | null; readonly ms: number }>;
  kill(): void;
}

/** Starts the command line as a person would, and leaves it running. */
export function startLoopstream(args: readonly string[]): Running {
  const child = spawn(process.execPath, [program(), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const listeners = new Set<() => void>();
  const hear = (chunk: string): void => {
    text += chunk;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  const end = new Promise<number | string | null>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal)),
  );
  return {
    said: () => text,
    says: (wanted) =>
      new Promise((resolve, reject) => {
        const failed = (why: string): void => reject(new Error(`${why} before it said ${String(wanted)}: ${text}`));
        const late = setTimeout(() => failed("half a minute went by"), 30_000);
        const look = (): void => {
          if (!(typeof wanted === "string" ? text.includes(wanted) : wanted.test(text))) return;
          clearTimeout(late);
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void end.then(() => {
          clearTimeout(late);
          failed("it ended");
        });
      }),
    send: (signal) => void child.kill(signal),
    async ended() {
      const from = performance.now();
      return { code: await end, ms: performance.now() - from };
    },
    kill: () => void child.kill("SIGKILL"),
  };
}
