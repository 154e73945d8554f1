/** Values of one decision in the order of their size, whatever the order in which they came. */
export class BySize {
  readonly #values: number[] = [];

  insert(value: number): void {
    this.#values.splice(placeBySize(value, this.#values), 0, value);
  }

  get values(): readonly number[] {
    return this.#values;
  }
}

function placeBySize(value: number, sorted: readonly number[]): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
