import { expect, test } from "vitest";
import { ValueCache } from "../../../streams/state/value-cache.ts";
import { seeded } from "../../chaos/random.ts";

const bytesOf = (text: string): Buffer => Buffer.from(text);

test("what was read is known, to its database alone", () => {
  const cache = new ValueCache(1 << 20);
  const [one, other] = [cache.area(), cache.area()];
  expect(one.get("key")).toBeUndefined();
  one.keep("key", bytesOf("value"));
  one.keep("", bytesOf(""));
  expect(one.get("key")).toEqual(bytesOf("value"));
  expect(one.get("")).toEqual(bytesOf(""));
  expect(other.get("key")).toBeUndefined();
});

test("a write changes what is known and makes nothing known", () => {
  const known = new ValueCache(1 << 20).area();
  known.change("never read", bytesOf("1"));
  expect(known.get("never read")).toBeUndefined();
  known.keep("key", bytesOf("1"));
  known.change("key", bytesOf("longer"));
  expect(known.get("key")).toEqual(bytesOf("longer"));
  known.change("key", null);
  expect(known.get("key")).toBeNull();
  known.change("key", bytesOf("again"));
  expect(known.get("key")).toEqual(bytesOf("again"));
});

test("a view stays what it was, whatever is written later", () => {
  const known = new ValueCache(1 << 16).area();
  known.keep("key", bytesOf("first"));
  const view = known.get("key")!;
  known.change("key", bytesOf("other"));
  for (let i = 0; i < 5_000; i++) known.keep(`key ${i}`, Buffer.alloc(100, i));
  expect(view).toEqual(bytesOf("first"));
});

test("what does not fit, or is no Latin text, is not kept, and no old value stands in for it", () => {
  const known = new ValueCache(1 << 16).area();
  known.keep("key", bytesOf("small"));
  known.change("key", Buffer.alloc(1 << 16));
  expect(known.get("key")).toBeUndefined();
  known.keep("key", Buffer.alloc(1 << 16));
  expect(known.get("key")).toBeUndefined();
  for (const key of ["ключ", "x".repeat(256), "é\u0100"]) {
    known.keep(key, bytesOf("value"));
    expect(known.get(key)).toBeUndefined();
  }
  known.keep("é", bytesOf("latin"));
  expect(known.get("é")).toEqual(bytesOf("latin"));
});

test("what is read again and again outlives what is not", () => {
  const known = new ValueCache(1 << 16).area();
  known.keep("often", bytesOf("read"));
  known.keep("never", bytesOf("read"));
  for (let i = 0; i < 10_000; i++) {
    known.keep(`key ${i}`, Buffer.alloc(20));
    expect(known.get("often")).toEqual(bytesOf("read"));
  }
  expect(known.get("never")).toBeUndefined();
  expect(known.get("key 1")).toBeUndefined();
  expect(known.get("key 9999")).toEqual(Buffer.alloc(20));
});

test.each([1, 2, 3])("it never tells an old value, seed %i", (seed) => {
  const next = seeded(seed);
  const cache = new ValueCache(1 << (14 + seed));
  const stored = new Map<string, Buffer | null>();
  const areas = [cache.area(), cache.area()];
  let hits = 0;
  for (let step = 0; step < 60_000; step++) {
    const at = next() < 0.5 ? 0 : 1;
    const area = areas[at]!;
    // Few keys are asked often, many hardly.
    const key = `key-${Math.floor(next() ** 4 * 3_000)}`;
    const full = `${at} ${key}`;
    const known = area.get(key);
    if (known !== undefined) {
      hits++;
      expect(known).toEqual(stored.get(full) ?? null);
    }
    const choice = next();
    if (choice < 0.1) {
      stored.set(full, null);
      area.change(key, null);
    } else if (choice < 0.4) {
      const value = Buffer.alloc(Math.floor(next() * 60), step);
      stored.set(full, value);
      area.change(key, value);
    } else if (known === undefined) {
      const value = stored.get(full);
      if (value) area.keep(key, value);
    }
    if (next() < 0.0005) {
      areas[at] = cache.area();
    }
  }
  expect(hits).toBeGreaterThan(5_000);
});

test("numbers of 8 bytes in a value can be read where they lie, whatever the key's length", () => {
  const area = new ValueCache(1 << 20).area();
  for (let length = 1; length < 40; length++) {
    const key = "k".repeat(length);
    area.keep(key, new Uint8Array(new Float64Array([length, 1 / length]).buffer));
    const value = area.get(key)!;
    expect([...new Float64Array(value.buffer, value.byteOffset, 2)]).toEqual([length, 1 / length]);
  }
});

test("it knows that a key has no value, until it has one", () => {
  const area = new ValueCache(1 << 20).area();
  area.keep("a", null);
  expect([area.get("a"), area.get("b")]).toEqual([null, undefined]);
  area.change("a", bytesOf("1"));
  expect(area.get("a")).toEqual(bytesOf("1"));
});
