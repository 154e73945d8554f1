import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkerSettings } from "./worker.ts";

const MOST_RESTARTS = 100;
const RESTART_AFTER_MS = 500;

/** The processes of a chaos run, and what is done to them. */
export class Fleet {
  readonly #settings: WorkerSettings[];
  readonly #children = new Map<number, ChildProcess>();
  /** `restarted`: ended by themselves because broker or registry was away, and started again as a supervisor would. */
  readonly counts = { killed: 0, paused: 0, wiped: 0, restarted: 0, clocksWrong: 0 };

  constructor(settings: readonly WorkerSettings[]) {
    this.#settings = [...settings];
  }

  get size(): number {
    return this.#settings.length;
  }

  async startAll(): Promise<void> {
    await Promise.all(this.#settings.map((_, index) => this.start(index)));
  }

  /** Resolves when the process runs its loop, or is killed before; rejects when it ends for another reason than an absent broker or registry. */
  start(index: number): Promise<void> {
    const settings = this.#settings[index]!;
    mkdirSync(settings.dir, { recursive: true });
    const file = join(settings.dir, "worker.json");
    writeFileSync(file, JSON.stringify(settings));
    const child = spawn(process.execPath, [join(import.meta.dirname, "worker.ts"), file], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.set(index, child);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4_000)));
    return new Promise((resolve, reject) => {
      child.stdout.once("data", () => resolve());
      child.once("exit", (code, signal) => {
        if (signal === "SIGKILL" || code === 0) resolve();
        else if (/(BACKBONE|REGISTRY)_UNAVAILABLE/.test(said) && this.counts.restarted < MOST_RESTARTS) {
          this.counts.restarted++;
          setTimeout(() => {
            // Where another was started meanwhile, two would work on one folder.
            if (this.#children.get(index) !== child) resolve();
            else void this.start(index).then(resolve, reject);
          }, RESTART_AFTER_MS);
        } else reject(new Error(`worker ${index} ended with ${code ?? signal}: ${said}`));
      });
    });
  }

  /** kill -9. */
  async kill(index: number): Promise<void> {
    const child = this.#children.get(index);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    this.counts.killed++;
  }

  /** Stops a process as a debugger would; `wake` makes it the zombie that does not know it was replaced. */
  pause(index: number): void {
    this.#children.get(index)?.kill("SIGSTOP");
    this.counts.paused++;
  }

  wake(index: number): void {
    this.#children.get(index)?.kill("SIGCONT");
  }

  /** From its next start on the clock of a process is so far ahead; 0: it is right again. */
  setClock(index: number, aheadMs: number): void {
    const { clockAheadMs: _, ...settings } = this.#settings[index]!;
    this.#settings[index] = aheadMs === 0 ? settings : { ...settings, clockAheadMs: aheadMs };
    if (aheadMs !== 0) this.counts.clocksWrong++;
  }

  /** The disk of a process that was killed is lost. */
  wipe(index: number): void {
    rmSync(this.#settings[index]!.dir, { recursive: true, force: true });
    this.counts.wiped++;
  }

  async stopAll(): Promise<void> {
    await Promise.all(
      [...this.#children.values()].map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await gone;
      }),
    );
  }

  /** For the end of a run that failed. */
  async killAll(): Promise<void> {
    for (const index of this.#children.keys()) await this.kill(index);
  }
}
