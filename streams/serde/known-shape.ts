import { objectMaker } from "../own-value.ts";
import type { Tap } from "./tap.ts";

/** V8 keeps no object of more names as one shape. */
const MOST_NAMES = 128;
/** Bytes of the longest name whose length is written as one byte. */
const LONGEST_NAME = 63;
/** So many maps had the same names before these get a shape. */
const PROOF = 8;
/** One of so many maps without a known shape is looked at. */
const SAMPLED = 4;
/** Shapes of one type, and sets of names that may become one. */
const MOST_SHAPES = 32;
const MOST_CANDIDATES = 128;

interface Shape {
  /** As UTF-8, in their order. */
  readonly names: readonly Uint8Array[];
  make(values: readonly unknown[]): Record<string, unknown>;
}

/**
 * Sets of names that maps of one type have come with, in the same order. Most maps of a stream have the same names
 * again: these are compared with the bytes, and the map is one object of a known shape. Otherwise every name would
 * become a text, and every map a table of its own.
 */
export class KnownShapes {
  /** Those that are read most often come first. */
  readonly #shapes: Shape[] = [];
  /** By names: how often they were seen. */
  readonly #candidates = new Map<string, number>();
  #unknown = 0;

  /**
   * Reads the entries of a block that is the whole map. @returns `undefined` if they have no known shape; the cursor is
   * then where it was.
   */
  read(tap: Tap, count: number, value: { _read(tap: Tap): unknown }): Record<string, unknown> | undefined {
    const shapes = this.#shapes;
    const start = tap.pos;
    for (let at = 0; at < shapes.length; at++) {
      const shape = shapes[at]!;
      if (shape.names.length !== count) continue;
      const read = readAs(shape, tap, value);
      if (read === undefined) {
        tap.pos = start;
        continue;
      }
      if (at > 0) {
        shapes[at] = shapes[at - 1]!;
        shapes[at - 1] = shape;
      }
      return read;
    }
    return undefined;
  }

  /** Learns from a map that was read entry by entry. @param entries as many as were written. */
  learn(map: Readonly<Record<string, unknown>>, entries: number): void {
    if (entries > MOST_NAMES || this.#shapes.length === MOST_SHAPES || ++this.#unknown % SAMPLED > 0) return;
    const names = Object.keys(map);
    // A name that was written twice.
    if (names.length !== entries) return;
    const candidates = this.#candidates;
    const together = names.join("\0");
    const seen = (candidates.get(together) ?? 0) + 1;
    if (seen < PROOF) {
      if (candidates.size === MOST_CANDIDATES) candidates.clear();
      candidates.set(together, seen);
      return;
    }
    candidates.delete(together);
    const shape = shapeOf(names);
    if (shape !== undefined) this.#shapes.push(shape);
  }
}

function readAs({ names, make }: Shape, tap: Tap, value: { _read(tap: Tap): unknown }) {
  const { buf } = tap;
  const values = new Array<unknown>(names.length);
  for (let index = 0; index < names.length; index++) {
    const name = names[index]!;
    let at = tap.pos;
    // A short text's length is one byte, twice the number.
    if (buf[at++] !== 2 * name.length) return undefined;
    for (let i = 0; i < name.length; i++) if (buf[at + i] !== name[i]) return undefined;
    tap.pos = at + name.length;
    values[index] = value._read(tap);
  }
  // A map of one block ends here; another one goes on.
  return buf[tap.pos] === 0 ? (tap.pos++, make(values)) : undefined;
}

/** `undefined`: such names have no shape of their own. */
function shapeOf(names: readonly string[]): Shape | undefined {
  const bytes = names.map((name) => Buffer.from(name));
  const make = bytes.every(({ length }) => length <= LONGEST_NAME) ? objectMaker(names) : undefined;
  return make === undefined ? undefined : { names: bytes, make };
}
