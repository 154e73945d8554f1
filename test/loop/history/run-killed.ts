import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Killed } from "./killed-import.ts";

/** @returns how many steps it took, or "killed". Rejects when it ends in another way. */
export function runKilled(killed: Killed): Promise<number | "killed"> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "killed-import.ts"), JSON.stringify(killed)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [said, wrong] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (wrong += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL") resolve("killed");
      else if (code === 0) resolve(Number(said.trim().split("\n").at(-1)));
      else reject(new Error(`it ended with ${code ?? signal}: ${wrong}`));
    });
  });
}
