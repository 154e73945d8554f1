interface Known {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Longer ones are not kept. */
const mostBytes = 64;

/**
 * Turns UTF-8 bytes into strings of which there are few, such as names of headers and topics. The last string of each
 * length is kept: it is not made anew, and is the same object for every map.
 */
export class RecentTexts {
  readonly #known: (Known | undefined)[] = [];

  read(bytes: Buffer, at: number, length: number): string {
    const known = this.#known[length];
    if (known !== undefined && isAt(known.bytes, bytes, at)) return known.text;
    const text = bytes.toString("utf8", at, at + length);
    if (length < mostBytes) this.#known[length] = { bytes: Uint8Array.from(bytes.subarray(at, at + length)), text };
    return text;
  }
}

/** Whether `part` is in the bytes there. */
export function isAt(part: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < part.length; i++) if (part[i] !== bytes[at + i]) return false;
  return true;
}
