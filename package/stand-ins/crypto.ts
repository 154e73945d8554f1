// SHA-256 for a page: `node:crypto` is not there, and the browser's own gives its digest later, in a promise.

const encoder = new TextEncoder();

/** Fractional bits of the square and cube roots of the first primes: FIPS 180-4, 4.2.2 and 5.3.3. */
const primes = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && Array.from({ length: n }, (_each, d) => d).every((d) => d < 2 || n % d !== 0),
);
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
const FIRST = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUNDS = Int32Array.from(primes.slice(0, 64), (prime) => fraction(Math.cbrt(prime)));

const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function padded(message: Uint8Array): DataView {
  const { length } = message;
  const bytes = new Uint8Array(64 * Math.ceil((length + 9) / 64));
  bytes.set(message);
  bytes[length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, 8n * BigInt(length));
  return view;
}

/** FIPS 180-4, 6.2. */
function sha256(message: Uint8Array): Uint8Array {
  const view = padded(message);
  const state = Int32Array.from(FIRST);
  const words = new Int32Array(64);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) words[t] = view.getInt32(block + 4 * t);
    for (let t = 16; t < 64; t++) {
      const [early, late] = [words[t - 15]!, words[t - 2]!];
      const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
      const large = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
      words[t] = words[t - 16]! + small + words[t - 7]! + large;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let t = 0; t < 64; t++) {
      const choice = (e & f) ^ (~e & g);
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + ROUNDS[t]! + words[t]!) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) state[at] = state[at]! + word;
  }
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  for (const [at, word] of state.entries()) out.setInt32(4 * at, word);
  return digest;
}

const hexOf = (digest: Uint8Array): string => Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");

function checkAlgorithm(algorithm: string): void {
  if (algorithm !== "sha256") throw new Error(`a page has no ${algorithm}`);
}

/** As that of `node:crypto`, of a text or bytes, in hexadecimal digits. */
export function hash(algorithm: string, data: string | Uint8Array): string {
  checkAlgorithm(algorithm);
  return hexOf(sha256(typeof data === "string" ? encoder.encode(data) : data));
}

interface Hash {
  update(text: string): Hash;
  digest(encoding: string): string;
}

/** As that of `node:crypto`, of texts, in hexadecimal digits. */
export function createHash(algorithm: string): Hash {
  let text = "";
  const made: Hash = {
    update(more) {
      text += more;
      return made;
    },
    digest: () => hash(algorithm, text),
  };
  return made;
}
