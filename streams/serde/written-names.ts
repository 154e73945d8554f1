import type { Tap } from "./tap.ts";

/** Bytes of the longest name whose length is written as one byte. */
const LONGEST_NAME = 63;
const MOST_NAMES = 4_096;

/** As they are written: length and UTF-8. Names of maps come again with every record. */
const written = new Map<string, Uint8Array>();

/** Writes a name of a map, as avsc does. */
export function writeName(tap: Tap, name: string): void {
  const bytes = written.get(name) ?? learn(name);
  if (bytes === undefined) return tap.writeString(name);
  const { buf } = tap;
  let at = tap.pos;
  for (let i = 0; i < bytes.length; i++) buf[at++] = bytes[i]!;
  tap.pos = at;
}

function learn(name: string): Uint8Array | undefined {
  if (written.size === MOST_NAMES || name.length > LONGEST_NAME) return undefined;
  // avsc writes half a character as three bytes that no reader takes, and a buffer as another character.
  if (!name.isWellFormed()) return undefined;
  const text = Buffer.from(name);
  if (text.length > LONGEST_NAME) return undefined;
  const bytes = new Uint8Array(1 + text.length);
  bytes[0] = 2 * text.length;
  bytes.set(text, 1);
  written.set(name, bytes);
  return bytes;
}
