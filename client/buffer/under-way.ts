import { StreamsError } from "../../streams/client/index.ts";

const MOST = 1_000;
const MOST_BYTES = 8 << 20;
/** Records are under way for so long without one of them coming back: the other side is away; ms. */
const STALL_MS = 2_000;

/** Counts the records that are under way at once, and tells if none of them comes back. */
export class UnderWay {
  readonly #onStall: (error: unknown) => void;
  #count = 0;
  #bytes = 0;
  #stall: NodeJS.Timeout | undefined;

  constructor(onStall: (error: unknown) => void) {
    this.#onStall = onStall;
  }

  get hasRoom(): boolean {
    return this.#count < MOST && this.#bytes < MOST_BYTES;
  }

  enter(bytes: number): void {
    this.#count++;
    this.#bytes += bytes;
    this.#stall ??= setTimeout(() => this.#stalled(), STALL_MS).unref();
  }

  leave(bytes: number): void {
    this.#count--;
    this.#bytes -= bytes;
    if (this.#count > 0) this.#stall?.refresh();
    else this.close();
  }

  close(): void {
    clearTimeout(this.#stall);
    this.#stall = undefined;
  }

  #stalled(): void {
    this.#stall = undefined;
    this.#onStall(new StreamsError("TIMEOUT", `none of ${this.#count} records was stored within ${STALL_MS} ms`));
    this.#stall = setTimeout(() => this.#stalled(), STALL_MS).unref();
  }
}
