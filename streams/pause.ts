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

/**
 * The result of work that is waited for no longer than `ms`; then it is what `late` gives or throws. The work goes on:
 * nobody hears of its end. No timer is left when the work ends first.
 */
export async function within<T, L>(ms: number, work: Promise<T>, late: () => L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<typeof LATE>((resolve) => (timer = setTimeout(resolve, Math.max(0, ms), LATE)));
  try {
    const first = await Promise.race([work, over]);
    return first === LATE ? late() : first;
  } finally {
    clearTimeout(timer);
  }
}

const LATE = Symbol("late");
