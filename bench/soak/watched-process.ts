import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Answer, Ask, WorkerSettings } from "./worker.ts";

type Kind = Answer["kind"];

interface Waiter {
  readonly kind: Kind;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The loop's process, asked and heard over a channel. */
export class WatchedProcess {
  readonly #child: ChildProcess;
  #waiting: Waiter[] = [];
  readonly failures: string[] = [];

  static async start(settings: WorkerSettings): Promise<WatchedProcess> {
    const child = fork(join(import.meta.dirname, "worker.ts"), [JSON.stringify(settings)], {
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const watched = new WatchedProcess(child);
    await watched.#next("running");
    return watched;
  }

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (answer: Answer) => {
      if (answer.kind === "failed") this.failures.push(answer.reason);
      const heard = this.#waiting.filter(({ kind }) => kind === answer.kind);
      this.#waiting = this.#waiting.filter((waiter) => !heard.includes(waiter));
      for (const { resolve } of heard) resolve(answer);
    });
    child.once("exit", (code, signal) => {
      if (code !== 0) this.failures.push(`the loop's process ended with ${code ?? signal}`);
      for (const { reject } of this.#waiting.splice(0))
        reject(new Error(`the loop's process has ended: ${this.failures.join("; ")}`));
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get gone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #next<K extends Kind>(kind: K): Promise<Extract<Answer, { kind: K }>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kind, resolve: resolve as (answer: Answer) => void, reject });
    });
  }

  tell(ask: Ask): void {
    this.#child.send(ask);
  }

  async memory(): Promise<Extract<Answer, { kind: "memory" }>> {
    const answer = this.#next("memory");
    this.tell({ kind: "memory" });
    return answer;
  }

  async queuedBytes(): Promise<number> {
    const answer = this.#next("queued");
    this.tell({ kind: "queued" });
    return (await answer).bytes;
  }

  async train(useCase: string, until: number): Promise<string> {
    const answer = this.#next("trained");
    this.tell({ kind: "train", useCase, until });
    return (await answer).outcome;
  }

  async stop(): Promise<void> {
    if (this.gone) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.tell({ kind: "stop" });
    await gone;
  }

  kill(): void {
    if (!this.gone) this.#child.kill("SIGKILL");
  }
}
