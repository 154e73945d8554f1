/** Numbers in single precision, as models predict them: four bytes each. */
export class Numbers {
  #held = new Float32Array(1_024);
  #count = 0;

  add(value: number): void {
    if (this.#count === this.#held.length) {
      const larger = new Float32Array(2 * this.#count);
      larger.set(this.#held);
      this.#held = larger;
    }
    this.#held[this.#count++] = value;
  }

  get length(): number {
    return this.#count;
  }

  all(): Float32Array {
    return this.#held.subarray(0, this.#count);
  }
}
