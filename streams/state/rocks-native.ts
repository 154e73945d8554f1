import { StreamsError } from "../errors.ts";

/** The used part of `rocksdb-native` 3.18, which brings no types. */
export interface Rocks {
  ready(): Promise<void>;
  close(): Promise<void>;
  /** A session that sees what was there at the call. */
  snapshot(): Rocks;
  read(options: BatchOptions): { get(key: string): Promise<Uint8Array | null>; tryFlush(): void };
  write(options: BatchOptions): {
    tryPut(key: string, value: Uint8Array): void;
    tryDelete(key: string): void;
    flush(): Promise<void>;
  };
  iterator(
    range: { readonly gte: string; readonly lt: string; readonly limit: number },
    options: { readonly capacity: number },
  ): AsyncIterable<{ readonly key: Buffer; readonly value: Uint8Array }>;
  deleteRange(from: string, to: string): Promise<void>;
}

interface BatchOptions {
  /** How many operations it is made for. */
  readonly capacity: number;
  readonly autoDestroy: boolean;
}

// Behind a variable, so that the types and the programs hold if the package is not installed.
const packageName: string = "rocksdb-native";

/** Rejects with `ENGINE_MISSING` and the package to install, if the package is missing or does not load. */
export async function loadRocks(): Promise<new (path: string) => Rocks> {
  try {
    return ((await import(packageName)) as { default: new (path: string) => Rocks }).default;
  } catch (error) {
    throw new StreamsError(
      "ENGINE_MISSING",
      `the state engine rocksdb needs the package rocksdb-native, and on Linux libatomic: ` +
        `npm install --no-save --save-prod rocksdb-native@3.18, or choose the engine leveldb`,
      error,
    );
  }
}
