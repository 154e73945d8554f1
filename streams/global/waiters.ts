/** Callers that wait for something that changes now and then. */
export class Waiters {
  #waiting: (() => void)[] = [];

  /** @param check throws what ends the wait. */
  async until(isThere: () => boolean, check: () => void): Promise<void> {
    while (!isThere()) {
      check();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Something has changed. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
