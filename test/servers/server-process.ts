import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

export interface ServerProcess {
  /** Ends it and waits until it is gone; `SIGKILL` after 20 s. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts a program with its output in `log` and resolves when `answers` does. Rejects with the log's tail when the
 * program ends before, or does not answer within a minute.
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: { readonly log: string; readonly env?: NodeJS.ProcessEnv; readonly answers: () => Promise<void> },
): Promise<ServerProcess> {
  const log = openSync(options.log, "a");
  const child = spawn(command, args, { stdio: ["ignore", log, log], env: options.env ?? process.env });
  closeSync(log);
  running.add(child);
  let failure: string | undefined;
  const gone = new Promise<void>((resolve) => {
    const ended = (why: string): void => {
      failure = why;
      running.delete(child);
      resolve();
    };
    child.once("error", (error) => ended(error.message));
    child.once("exit", (code, signal) => ended(`it ended with ${code ?? signal}`));
  });
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    if (failure !== undefined) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await gone;
    clearTimeout(timer);
  };

  const deadline = Date.now() + 60_000;
  while (failure === undefined) {
    try {
      await options.answers();
      return { end };
    } catch (error) {
      if (Date.now() > deadline) failure = `it did not answer within a minute: ${String(error)}`;
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  child.kill("SIGKILL");
  const tail = readFileSync(options.log, "utf8").split("\n").slice(-30).join("\n");
  throw new Error(`${command} ${args.at(-2) ?? ""} did not start: ${failure}\n${tail}`);
}
