/**
 * A sum in the order of the observations: another order would give other bits. A value behind all others costs one
 * addition.
 */
export class RunningSum {
  /** Of the first `#summed` values. */
  #sum = 0;
  #summed = 0;

  insert(_: number, at: number): void {
    if (at < this.#summed) [this.#sum, this.#summed] = [0, 0];
  }

  value(values: readonly number[]): number {
    for (; this.#summed < values.length; this.#summed++) this.#sum += values[this.#summed]!;
    return this.#sum;
  }
}
