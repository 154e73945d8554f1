/** Lets one waiter sleep until it is woken. */
export class Wakeup {
  #wake: (() => void) | undefined;
  #armed = false;
  #woken = false;

  /**
   * From now on a wake is remembered until the next `arm`, and `sleep` then returns at once. Without `arm` a wake is
   * forgotten while nobody sleeps: look before you sleep.
   */
  arm(): void {
    this.#armed = true;
    this.#woken = false;
  }

  /** Until `wake` is called, or the time is over. */
  sleep(ms: number): Promise<void> {
    if (this.#woken) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  wake(): void {
    this.#woken = this.#armed;
    this.#wake?.();
  }
}
