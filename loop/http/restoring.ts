import type { ApplicationOptions } from "../../streams/index.ts";

type Progress = Parameters<NonNullable<ApplicationOptions["onRestore"]>>[0];

/** A task that has made no progress for this long has gone elsewhere, or failed; ms. */
const FORGOTTEN_AFTER_MS = 10_000;

/** The tasks whose state is being restored. */
export class Restoring {
  readonly #now: () => number;
  readonly #tasks = new Map<string, number>();

  /** @param now ms of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  note({ task, done, total }: Progress): void {
    if (done < total) this.#tasks.set(task, this.#now());
    else this.#tasks.delete(task);
  }

  get count(): number {
    const since = this.#now() - FORGOTTEN_AFTER_MS;
    return [...this.#tasks.values()].filter((at) => at >= since).length;
  }
}
