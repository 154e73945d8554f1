/** One wait at a time, that can be ended before its time. */
export class Pause {
  #end: (() => void) | undefined;

  /** Resolves after `ms`, or at `end`. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the wait that is under way, if any. */
  end(): void {
    this.#end?.();
  }
}
