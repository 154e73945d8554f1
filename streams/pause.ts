/** Waits that can be ended before their time. */
export class Pause {
  readonly #ends = new Set<() => void>();

  /** Resolves after `ms`, or at `end`. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#ends.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#ends.add(end);
    });
  }

  /** Ends the waits that are under way, if any. */
  end(): void {
    for (const end of this.#ends) end();
  }
}
