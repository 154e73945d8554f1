/** More than an allocator keeps for itself once it is given back. */
const ARENA = 64 * 1024 * 1024;

/** Memory of many small arrays that is given back at once, and not when garbage is collected. */
export class Room {
  readonly #arenas: ArrayBuffer[] = [];
  #used = ARENA;

  /** A place for so many bytes, all zero; at most an arena. */
  take(bytes: number): { readonly buffer: ArrayBuffer; readonly at: number } {
    if (this.#used + bytes > ARENA) {
      this.#arenas.push(new ArrayBuffer(ARENA));
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += bytes;
    return { buffer: this.#arenas.at(-1)!, at };
  }

  /** Arrays that lie in it have no length from then on. */
  release(): void {
    for (const arena of this.#arenas) arena.transfer(0);
    this.#arenas.length = 0;
    this.#used = ARENA;
  }
}
