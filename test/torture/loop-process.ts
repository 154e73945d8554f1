import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { program } from "../program/program.ts";
import { root } from "../e2e/command.ts";

const START_MS = 120_000;
/** A file that all it prints is added to. */
const LOG = process.env["TORTURE_LOG"];

/** The loop as a person starts it, watched: it is to run until it is told to end. */
export class LoopProcess {
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #said = "";
  /** Ends that nobody asked for, with the last lines. */
  readonly ends: string[] = [];
  /** How long each start took until the loop ran, ms. */
  readonly starts: number[] = [];

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it has printed lately. */
  get tail(): string {
    return this.#said.slice(-1_500);
  }

  /** @param clockAheadMs so far its clock is ahead of the machine's. */
  async start({ clockAheadMs = 0 }: { readonly clockAheadMs?: number } = {}): Promise<void> {
    const began = performance.now();
    const ahead = clockAheadMs === 0 ? [] : ["--import", join(root, "test/torture/clock-ahead.ts")];
    const child = spawn(process.execPath, [...ahead, program(), "start", ...this.#args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, CLOCK_AHEAD_MS: String(clockAheadMs) },
    });
    this.#child = child;
    this.#said = "";
    let running = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#said = (this.#said + text).slice(-20_000);
        if (LOG !== undefined) appendFileSync(LOG, text);
        if (text.includes("the loop is running")) running = true;
      });
    }
    while (!running) {
      if (!this.running) throw new Error(`the loop did not start: ${this.tail}`);
      if (performance.now() - began > START_MS) throw new Error(`the loop did not start in time: ${this.tail}`);
      await sleep(50);
    }
    this.starts.push(performance.now() - began);
  }

  /** Starts it again where it has ended by itself. @returns whether it had. */
  async revive(): Promise<boolean> {
    if (this.running) return false;
    this.ends.push(this.tail);
    await this.start();
    return true;
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Asks it to end. @returns how long that took, ms. */
  async stop(): Promise<number> {
    const began = performance.now();
    await this.#end("SIGTERM");
    return performance.now() - began;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }
}
