import { readFile } from "node:fs/promises";
import createXgboost from "./wasm/xgboost.cjs";
import { DomainError } from "../../schemas/index.ts";

export type Library = createXgboost.EmscriptenXgboost;

/** A call of XGBoost that failed; the message carries XGBoost's own words. */
export class XgboostError extends DomainError {
  override readonly name = "XgboostError";
  readonly operation: string;

  constructor(operation: string, reason: string) {
    super("TRAINING_FAILED", `XGBoost ${operation} failed: ${reason}`);
    this.operation = operation;
  }
}

/**
 * Loads one instance of XGBoost. Each has its own memory, which grows and never shrinks until the instance is
 * collected, and its own random generator.
 *
 * @param onLog gets every line XGBoost prints, its warnings (an unknown parameter, say) among them.
 */
export async function loadLibrary(onLog: (line: string) => void): Promise<Library> {
  const wasmBinary = await readFile(new URL("./wasm/xgboost.wasm", import.meta.url));
  return createXgboost({ wasmBinary, print: onLog, printErr: onLog });
}

/** Throws XGBoost's own message if the result code is not 0. */
export function check(library: Library, operation: string, code: number): void {
  if (code === 0) return;
  const text = library.UTF8ToString(library._XGBGetLastError() >>> 0);
  // XGBoost puts the wall clock before its message, and a stack trace of bare addresses after a blank line.
  const message = text.replace(/^\[[\d:]+\] /, "").split(/\n\s*\n|\nStack trace/)[0];
  throw new XgboostError(operation, message?.trim() || `code ${code}`);
}

/** Memory inside the library for the arguments of one call; all addresses are in bytes. */
export interface Scratch {
  text(value: string): number;
  bytes(value: Uint8Array): number;
  floats(value: Float32Array): number;
  /** Zeroed 32-bit words, 8-byte aligned: places for results. */
  words(count: number): number;
}

/** Runs `use` and frees all it took from the scratch, also when it throws. */
export function withScratch<Result>(library: Library, use: (scratch: Scratch) => Result): Result {
  const taken: number[] = [];
  const take = (bytes: number): number => {
    const address = library._malloc(Math.max(bytes, 8)) >>> 0;
    if (address === 0) throw new XgboostError("allocation", `no room for ${bytes} bytes within WebAssembly's 4 GB`);
    taken.push(address);
    return address;
  };
  const bytes = (value: Uint8Array): number => {
    const address = take(value.byteLength);
    library.HEAPU8.set(value, address);
    return address;
  };
  try {
    return use({
      bytes,
      text: (value) => bytes(new TextEncoder().encode(`${value}\0`)),
      floats: (value) => {
        const address = take(value.byteLength);
        library.HEAPF32.set(value, address >>> 2);
        return address;
      },
      words: (count) => {
        const address = take(count * 4);
        library.HEAPU32.fill(0, address >>> 2, (address >>> 2) + count);
        return address;
      },
    });
  } finally {
    for (const address of taken) library._free(address);
  }
}

/** The 32-bit word at a byte address. */
export function word(library: Library, address: number): number {
  return library.HEAPU32[address >>> 2] ?? 0;
}
