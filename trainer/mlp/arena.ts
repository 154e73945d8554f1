import { readFileSync } from "node:fs";
import { DomainError } from "../../schemas/index.ts";

/** trainer/mlp/generate.ts makes it. */
const compiled = new WebAssembly.Module(readFileSync(new URL("./dense.wasm", import.meta.url)));
const PAGE = 1 << 16;
/** Bytes; addresses have 32 bits. */
const MOST = 2 ** 31;

/** The functions of `dense.wasm`; the text that it is made of says what each does. Addresses are in bytes, counts in floats. */
export interface Kernel {
  multiply(left: number, right: number, first: number, to: number, rows: number, inner: number, columns: number): void;
  transpose(from: number, to: number, rows: number, columns: number): void;
  rectify(at: number, count: number): void;
  gate(gradients: number, outputs: number, count: number): void;
  sums(from: number, to: number, rows: number, columns: number): void;
  step(weights: number, gradients: number, first: number, second: number, count: number, ...settings: number[]): void;
}

/** Floats in the kernel's memory. `at` is their address. */
export interface Floats {
  readonly at: number;
  readonly length: number;
}

/** A memory that floats are given out of before it is opened, and the kernel at work on it. */
export class Arena {
  #end = 0;
  #memory: WebAssembly.Memory | undefined;

  /** All 0, at an address that vectors of four are read from. */
  room(length: number): Floats {
    const at = this.#end;
    this.#end += Math.ceil(length / 4) * 16;
    return { at, length };
  }

  /** @throws DomainError `BAD_PARAMETER` if it is more than a memory can hold */
  open(): Kernel {
    if (this.#end > MOST) {
      throw new DomainError(
        "BAD_PARAMETER",
        `the network takes ${Math.ceil(this.#end / 2 ** 20)} MiB, more than the ${MOST / 2 ** 20} MiB that it can have: ` +
          "make model.hidden narrower, model.batch smaller, or take features of the most categories out",
      );
    }
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(this.#end / PAGE) });
    return new WebAssembly.Instance(compiled, { trainer: { memory: this.#memory } }).exports as unknown as Kernel;
  }

  /** Those that were given out, once the arena is open. */
  view({ at, length }: Floats): Float32Array {
    return new Float32Array(this.#memory!.buffer, at, length);
  }
}
