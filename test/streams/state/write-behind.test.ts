import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Change, StateDatabase, StateEngine } from "../../../streams/state/engine.ts";
import { createLevelEngine } from "../../../streams/state/level-engine.ts";
import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import { WriteBehind } from "../../../streams/state/write-behind.ts";
import { seeded } from "../../chaos/random.ts";
import { engineConformance } from "./engine-conformance.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const behind = (engine: StateEngine): StateEngine => ({
  open: async (name) => new WriteBehind(await engine.open(name)),
  destroy: (name) => engine.destroy(name),
});

engineConformance("level, written behind", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-state-"));
  return {
    engine: behind(createLevelEngine(dir)),
    again: () => behind(createLevelEngine(dir)),
    close: () => rm(dir, { recursive: true, force: true }),
  };
});

/** A database whose writes end when they are told to. */
class Held implements StateDatabase {
  readonly writes: (readonly Change[])[] = [];
  readonly #inner: StateDatabase;
  readonly #ends: ((error?: Error) => void)[] = [];

  constructor(inner: StateDatabase) {
    this.#inner = inner;
  }

  get(key: string): Uint8Array | undefined {
    return this.#inner.get!(key);
  }

  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#inner.getMany(keys);
  }

  async write(changes: readonly Change[]): Promise<void> {
    this.writes.push(changes);
    await new Promise<void>((resolve, reject) => {
      this.#ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
    await this.#inner.write(changes);
  }

  async end(error?: Error): Promise<void> {
    this.#ends.shift()!(error);
    await vi.advanceTimersByTimeAsync(0);
  }

  range(from: string, to: string, limit?: number): Promise<readonly (readonly [string, Uint8Array])[]> {
    return this.#inner.range(from, to, limit);
  }

  deleteRange(from: string, to: string): Promise<void> {
    return this.#inner.deleteRange(from, to);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

const SECOND = 1_000;
const large = new Uint8Array(300 << 10);

describe("what was written", () => {
  let below: Held;
  let database: WriteBehind;
  beforeEach(async () => {
    vi.useFakeTimers();
    below = new Held(await createMemoryEngine().open("task"));
    database = new WriteBehind(below);
  });
  afterEach(() => vi.useRealTimers());

  test("is stored together after a second, each key once, and read before and meanwhile", async () => {
    await database.write([["a", bytes("1")]]);
    await database.write([
      ["a", bytes("2")],
      ["b", bytes("1")],
    ]);
    expect(database.get!("a")).toEqual(bytes("2"));
    await vi.advanceTimersByTimeAsync(SECOND - 1);
    expect(below.writes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(below.writes).toEqual([
      [
        ["a", bytes("2")],
        ["b", bytes("1")],
      ],
    ]);
    await database.write([["b", null]]);
    expect(await database.getMany(["b", "a", "c"])).toEqual([undefined, bytes("2"), undefined]);
    await below.end();
    expect(await below.getMany(["b", "a"])).toEqual([bytes("1"), bytes("2")]);
    expect(database.get!("b")).toBeUndefined();
    await vi.advanceTimersByTimeAsync(SECOND);
    await below.end();
    expect(below.get("b")).toBeUndefined();
  });

  test("is stored at once where it is much, and writes wait where too much is", async () => {
    await database.write([["a", large]]);
    expect(below.writes).toHaveLength(1);
    for (const key of ["b", "c", "d"]) await database.write([[key, large]]);
    let done = false;
    const waiting = database.write([["e", large]]).then(() => (done = true));
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect([below.writes.length, done]).toEqual([1, false]);
    await below.end();
    await waiting;
    expect(below.writes.at(-1)).toHaveLength(4);
    await below.end();
  });

  test("of one key again and again does not count as much", async () => {
    for (let i = 0; i < 100; i++) await database.write([["a", large.subarray(0, 100 << 10)]]);
    expect(below.writes).toEqual([]);
  });

  test("is stored before it is closed", async () => {
    await database.write([["a", bytes("1")]]);
    const closing = database.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(below.writes).toHaveLength(1);
    await below.end();
    await closing;
    expect(below.get("a")).toEqual(bytes("1"));
  });

  test("and could not be stored stops the next write, and nothing after it is stored", async () => {
    await database.write([["a", bytes("1")]]);
    await vi.advanceTimersByTimeAsync(SECOND);
    await database.write([["b", bytes("1")]]);
    await below.end(new Error("the disk is full"));
    await expect(database.write([["c", bytes("1")]])).rejects.toThrow("the disk is full");
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(below.writes).toHaveLength(1);
    await expect(database.close()).rejects.toThrow("the disk is full");
  });

  test("is in ranges, whatever of it is stored", async () => {
    const random = seeded(17);
    const content = new Map<string, Uint8Array>();
    const letters = [..."abcdefghijklmnopé𝒳\uffee"];
    const letter = (): string => letters[Math.floor(random() * letters.length)]!;
    for (let step = 0; step < 400; step++) {
      const key = letter() + letter();
      const value = random() < 0.3 ? null : bytes(String(step));
      await database.write([[key, value]]);
      if (value === null) content.delete(key);
      else content.set(key, value);
      if (random() < 0.05) await vi.advanceTimersByTimeAsync(SECOND);
      if (random() < 0.5 && below.writes.length > 0) await below.end().catch(() => undefined);
      const [from, to] = [letter(), letter()];
      const limit = random() < 0.5 ? -1 : Math.floor(random() * 6);
      const found = await database.range(from, to, limit);
      const order = (a: readonly [string, unknown], b: readonly [string, unknown]): number =>
        Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0]));
      const within = [...content]
        .filter((entry) => order(entry, [from, 0]) >= 0 && order(entry, [to, 0]) < 0)
        .toSorted(order);
      expect(found).toEqual(limit < 0 ? within : within.slice(0, limit));
    }
  });
});
