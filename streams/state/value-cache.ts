/** One of so many chunks is let go of at a time. */
const CHUNKS = 16;
const CHUNK_BITS = { least: 12, most: 20 };
/** Before each entry, 32 bits each: the key's hash, its database and length, the value's length. */
const HEAD_WORDS = 3;
/** Numbers of 8 bytes in a value are read where they lie. */
const VALUE_ALIGNMENT = 8;
const LEAST_SLOTS = 1 << 10;
const MOST_KEY = 0xff;
const ABSENT = -1;
const EMPTY = 0;
/** A slot whose entry is gone: a search goes on behind it. */
const GONE = 1;
const FIRST_PLACE = 2;

interface Chunk {
  readonly bytes: Buffer;
  readonly words: Int32Array;
}

/**
 * Values that were read from databases, within a number of bytes; the least recently read one goes first. All of it
 * lies in a few large buffers: a hundred thousand values in V8's heap would be as many objects for its collector, and
 * here they are none. Written bytes never change, so a view of them stays valid.
 *
 * The buffers are one log, cut into chunks of which the oldest is dropped; a value read from the oldest quarter is
 * written again at the end. A table of slots (open addressing) finds a key's newest entry.
 */
export class ValueCache {
  readonly #chunkBits: number;
  readonly #mostChunks: number;
  readonly #chunks: Chunk[] = [];
  /** The number of the first chunk that is still there. */
  #first = 0;
  /** Words used of the last chunk. */
  #used = 0;
  /** EMPTY, GONE, or an entry's place: FIRST_PLACE and the words of the log before it. */
  #slots = new Uint32Array(LEAST_SLOTS);
  /** Slots that are not EMPTY. */
  #taken = 0;
  #areas = 0;

  constructor(bytes: number) {
    const bits = Math.floor(Math.log2(Math.max(1, bytes / CHUNKS)));
    this.#chunkBits = Math.max(CHUNK_BITS.least, Math.min(CHUNK_BITS.most, bits));
    this.#mostChunks = Math.max(2, Math.floor(bytes / 2 ** this.#chunkBits));
  }

  /** Of one database; another time it is opened it is another one. */
  area(): CacheArea {
    return new CacheArea(this, ++this.#areas & 0x7fffff);
  }

  /** `null`: it is known not to be there; `undefined`: nothing is known. */
  get(area: number, key: string): Uint8Array | null | undefined {
    const hash = hashOf(area, key);
    const slot = this.#find(area, key, hash);
    if (slot < 0) return undefined;
    const place = this.#slots[slot]!;
    const { words, bytes } = this.#chunkOf(place);
    const head = this.#wordOf(place);
    const length = words[head + 2]!;
    if (length === ABSENT) return null;
    const start = valueStart(head, key.length);
    const value = bytes.subarray(start, start + length);
    if (this.#isLeaving(place)) this.#write(slot, area, key, hash, value);
    return value;
  }

  /** A value that was read; `null`: there is none. */
  keep(area: number, key: string, value: Uint8Array | null): void {
    if (!isKept(key)) return;
    const hash = hashOf(area, key);
    const slot = this.#find(area, key, hash);
    this.#write(slot < 0 ? this.#free(hash) : slot, area, key, hash, value);
  }

  /** A written value, `null` for a deletion: counts if the key is known. */
  change(area: number, key: string, value: Uint8Array | null): void {
    const hash = hashOf(area, key);
    const slot = this.#find(area, key, hash);
    if (slot >= 0) this.#write(slot, area, key, hash, value);
  }

  /** The slot of a known key; -1 if the key is not known. */
  #find(area: number, key: string, hash: number): number {
    // A longer one would be taken for a key of another database.
    if (key.length > MOST_KEY) return -1;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = this.#slots[slot]!;
      if (place === EMPTY) return -1;
      if (place === GONE) continue;
      if (!this.#isThere(place)) this.#slots[slot] = GONE;
      else if (this.#isOf(place, area, key, hash)) return slot;
    }
  }

  #isOf(place: number, area: number, key: string, hash: number): boolean {
    const { words, bytes } = this.#chunkOf(place);
    const head = this.#wordOf(place);
    if (words[head] !== hash || words[head + 1] !== ((area << 8) | key.length)) return false;
    const start = (head + HEAD_WORDS) * 4;
    for (let at = 0; at < key.length; at++) if (bytes[start + at] !== key.charCodeAt(at)) return false;
    return true;
  }

  #free(hash: number): number {
    if (2 * this.#taken >= this.#slots.length) this.#rebuild();
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot]! > GONE) slot = (slot + 1) & mask;
    if (this.#slots[slot] === EMPTY) this.#taken++;
    return slot;
  }

  /** The table without what is gone, and with room. */
  #rebuild(): void {
    const there = this.#slots.filter((place) => place > GONE && this.#isThere(place));
    let size = LEAST_SLOTS;
    while (size < 4 * there.length) size *= 2;
    this.#slots = new Uint32Array(size);
    this.#taken = there.length;
    for (const place of there) {
      let slot = this.#chunkOf(place).words[this.#wordOf(place)]! & (size - 1);
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = place;
    }
  }

  #write(slot: number, area: number, key: string, hash: number, value: Uint8Array | null): void {
    const length = value?.length ?? 0;
    const size = HEAD_WORDS + Math.ceil((key.length + VALUE_ALIGNMENT - 1 + length) / 4);
    const chunkWords = 2 ** (this.#chunkBits - 2);
    if (size > chunkWords / 4) {
      this.#slots[slot] = GONE;
      return;
    }
    if (this.#chunks.length === 0 || this.#used + size > chunkWords) {
      if (FIRST_PLACE + (this.#first + this.#chunks.length + 1) * chunkWords > 0xffff_ffff) return this.#forget();
      this.#addChunk();
    }
    const { words, bytes } = this.#chunks.at(-1)!;
    const head = this.#used;
    this.#used += size;
    words[head] = hash;
    words[head + 1] = (area << 8) | key.length;
    words[head + 2] = value === null ? ABSENT : length;
    let at = (head + HEAD_WORDS) * 4;
    for (let i = 0; i < key.length; i++) bytes[at++] = key.charCodeAt(i);
    if (value !== null) bytes.set(value, valueStart(head, key.length));
    this.#slots[slot] = FIRST_PLACE + (this.#first + this.#chunks.length - 1) * chunkWords + head;
  }

  #addChunk(): void {
    if (this.#chunks.length === this.#mostChunks) {
      this.#chunks.shift();
      this.#first++;
    }
    // A new buffer, not the old one again: somebody may hold a view of that.
    const bytes = Buffer.allocUnsafeSlow(2 ** this.#chunkBits);
    this.#chunks.push({ bytes, words: new Int32Array(bytes.buffer) });
    this.#used = 0;
  }

  /** Places are 32 bits: after 16 GiB it begins anew. */
  #forget(): void {
    this.#chunks.length = 0;
    this.#first = 0;
    this.#slots = new Uint32Array(LEAST_SLOTS);
    this.#taken = 0;
  }

  #chunkNumber(place: number): number {
    return (place - FIRST_PLACE) >>> (this.#chunkBits - 2);
  }

  #isThere(place: number): boolean {
    return this.#chunkNumber(place) >= this.#first;
  }

  #isLeaving(place: number): boolean {
    const behind = this.#chunkNumber(place) - this.#first;
    return this.#chunks.length === this.#mostChunks && behind < this.#mostChunks / 4;
  }

  #chunkOf(place: number): Chunk {
    return this.#chunks[this.#chunkNumber(place) - this.#first]!;
  }

  #wordOf(place: number): number {
    return (place - FIRST_PLACE) & (2 ** (this.#chunkBits - 2) - 1);
  }
}

/** A cache's values of one database. */
export class CacheArea {
  readonly #cache: ValueCache;
  readonly #number: number;

  constructor(cache: ValueCache, number: number) {
    this.#cache = cache;
    this.#number = number;
  }

  get(key: string): Uint8Array | null | undefined {
    return this.#cache.get(this.#number, key);
  }

  keep(key: string, value: Uint8Array | null): void {
    this.#cache.keep(this.#number, key, value);
  }

  change(key: string, value: Uint8Array | null): void {
    this.#cache.change(this.#number, key, value);
  }
}

/** The value's first byte, behind the key. */
function valueStart(head: number, keyLength: number): number {
  const end = (head + HEAD_WORDS) * 4 + keyLength;
  return Math.ceil(end / VALUE_ALIGNMENT) * VALUE_ALIGNMENT;
}

/** FNV-1a over the key's characters, 32 bits. */
function hashOf(area: number, key: string): number {
  let hash = 0x811c9dc5 ^ area;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Short, and of Latin-1 characters: a byte each. */
function isKept(key: string): boolean {
  if (key.length > MOST_KEY) return false;
  for (let at = 0; at < key.length; at++) if (key.charCodeAt(at) > 0xff) return false;
  return true;
}
