import { StreamsError } from "../errors.ts";
import { reasonOf } from "../outage.ts";
import { shortened } from "../shortened.ts";
import { splitName } from "./keeper.ts";
import type { StoreCodec } from "./store-schemas.ts";

/** A value of a store. Throws `UNDECODABLE` with the store and the key. */
export function decoded<V>(codec: StoreCodec<V>, bytes: Uint8Array, name: string, key: string): V {
  try {
    return codec.decode(bytes);
  } catch (error) {
    const [operator, store] = splitName(name);
    const told = `operator ${operator}, store ${store}: the value of key ${shortened(key, 200)} can't be read: ${reasonOf(error)}`;
    throw new StreamsError("UNDECODABLE", told, error);
  }
}

/** Throws `RECORD_TOO_LARGE` if a value and its key do not fit into a record of the changelog. */
export function checkFits(name: string, key: string, full: string, bytes: Uint8Array, most: number): void {
  const size = bytes.length + Buffer.byteLength(full);
  if (size <= most) return;
  const [operator, store] = splitName(name);
  throw new StreamsError(
    "RECORD_TOO_LARGE",
    `operator ${operator}, store ${store}: the value of key ${shortened(key, 200)} would have ${size} bytes; ` +
      `at most ${most} fit into a record of its changelog. Send less under one key`,
  );
}
