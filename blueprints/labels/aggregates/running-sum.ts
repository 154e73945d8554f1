/** A sum made in the observations' order: another one would give other bits. Values behind all others cost one addition each. */
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
