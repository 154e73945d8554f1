import { describe, expect, test } from "vitest";
import type { StateDatabase } from "../../../streams/state/engine.ts";
import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import { TaskState } from "../../../streams/state/task-state.ts";
import { seeded } from "../../chaos/random.ts";

const text = {
  encode: (value: string) => Buffer.from(value),
  decode: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
};
const STORE = "counting.names";
const checkpoint = { positions: { "in/0": 1 }, streamTime: 5, changelogOffset: 0 };

const open = (database: StateDatabase): Promise<TaskState> => TaskState.open(database);
const memory = (): Promise<StateDatabase> => createMemoryEngine().open("task");

/** An engine that is read in the background only, whose ranges answer when they are told to. */
async function slow(): Promise<{ readonly database: StateDatabase; release: () => void }> {
  const inner = await memory();
  let release: () => void = () => undefined;
  const database: StateDatabase = {
    getMany: (keys) => inner.getMany(keys),
    write: (changes) => inner.write(changes),
    async range(from, to) {
      const found = await inner.range(from, to);
      await new Promise<void>((resolve) => (release = resolve));
      return found;
    },
    deleteRange: (from, to) => inner.deleteRange(from, to),
    close: () => inner.close(),
  };
  return { database, release: () => release() };
}

describe("while a commit is under way", () => {
  test("what it holds is read, what is written over it wins, and only the former is stored by it", async () => {
    const database = await memory();
    const state = await open(database);
    const names = state.store(STORE, text);
    names.put("a", "first");
    names.put("b", "gone");
    state.accept();
    expect(state.freeze().map(([key]) => key)).toEqual([`${STORE}\0a`, `${STORE}\0b`]);
    expect(names.get("a")).toBe("first");
    names.put("a", "second");
    names.delete("b");
    state.accept();
    expect([names.get("a"), names.get("b")]).toEqual(["second", undefined]);
    await state.flush(checkpoint);
    expect((await open(database)).store(STORE, text).get("a")).toBe("first");
    expect([names.get("a"), names.get("b")]).toEqual(["second", undefined]);
    expect(state.freeze()).toHaveLength(2);
    await state.flush(checkpoint);
    const later = (await open(database)).store(STORE, text);
    expect([later.get("a"), later.get("b")]).toEqual(["second", undefined]);
  });

  test("a batch that fails is undone to what the commit holds", async () => {
    const state = await open(await memory());
    const names = state.store(STORE, text);
    names.put("a", "first");
    state.accept();
    state.freeze();
    names.put("a", "second");
    state.rollback();
    expect(names.get("a")).toBe("first");
  });

  test("a second one can't begin", async () => {
    const state = await open(await memory());
    state.freeze();
    expect(() => state.freeze()).toThrow("not flushed yet");
  });

  test("a key loaded before it ends can be read after it has ended", async () => {
    const { database } = await slow();
    const state = new TaskState(database);
    const names = state.store(STORE, text);
    names.put("a", "first");
    state.accept();
    state.freeze();
    await state.load([[STORE, "a"]]);
    await state.flush(checkpoint);
    expect(names.get("a")).toBe("first");
  });

  test("a timer it holds fires though it ends while the database is being asked", async () => {
    const { database, release } = await slow();
    const state = new TaskState(database);
    state.schedule("counting", 10, "kept");
    state.schedule("counting", 11, "cancelled");
    state.accept();
    state.freeze();
    state.cancel("counting", 11, "cancelled");
    state.accept();
    const preparing = state.prepareTimers(20);
    await state.flush(checkpoint);
    release();
    await preparing;
    expect(state.takeTimers(20)).toEqual([{ operator: "counting", time: 10, key: "kept", line: "" }]);
  });
});

test.each([1, 2, 3])(
  "timers fire once, in order, however many there are and whatever is on its way (%i)",
  async (seed) => {
    const share = seeded(seed);
    const random = (limit: number): number => Math.floor(share() * limit);
    const database = await memory();
    let state = await open(database);
    const model = new Set<string>();
    const nameOf = (time: number, key: string): string => `${String(time).padStart(8, "0")} ${key}`;
    let frozen = false;
    let now = 0;
    for (let step = 0; step < 300; step++) {
      for (let i = random(120); i > 0; i--) {
        // Far ahead, so that thousands wait; now and then many at one moment, or in the past.
        const time = random(20) === 0 ? now + 50 : Math.max(0, now + random(40_000) - 5);
        const key = `k${random(5_000)}`;
        state.schedule("op", time, key);
        model.add(nameOf(time, key));
        if (random(4) === 0) {
          state.cancel("op", time, key);
          model.delete(nameOf(time, key));
        } else if (random(4) === 0) state.schedule("op", time, key);
      }
      state.accept();
      if (random(10) === 0) {
        state.schedule("op", now + 1, "undone");
        state.rollback();
      }
      if (frozen && random(2) === 0) {
        await state.flush(checkpoint);
        frozen = false;
      } else if (!frozen && random(3) === 0) {
        state.freeze();
        frozen = true;
      }
      if (!frozen && random(40) === 0) {
        await state.flush(checkpoint);
        state = await open(database);
      }
      now += random(300);
      await state.prepareTimers(now);
      const due = [...model].filter((name) => name < nameOf(now + 1, "")).sort();
      const first = state.nextTimer();
      if (due.length > 0) expect(nameOf(first!.time, first!.key)).toBe(due[0]);
      else if (first !== undefined) expect(first.time).toBeGreaterThan(now);
      expect(state.takeTimers(now).map(({ time, key }) => nameOf(time, key))).toEqual(due);
      for (const name of due) model.delete(name);
      state.accept();
    }
    expect(model.size).toBeGreaterThan(5_000);
  },
);

test("a timer that is scheduled again fires once, also when it is known already", async () => {
  const state = await open(await memory());
  await state.prepareTimers(1);
  for (let i = 0; i < 3; i++) state.schedule("op", 10, "same");
  state.schedule("op", 10, "other");
  state.cancel("op", 10, "other");
  state.accept();
  await state.prepareTimers(10);
  expect(state.takeTimers(10)).toEqual([{ operator: "op", time: 10, key: "same", line: "" }]);
  expect(state.nextTimer()).toBeUndefined();
});

test("any number of timers of one moment fires, in the order of their keys", async () => {
  const state = await open(await memory());
  await state.prepareTimers(1);
  const keys = Array.from({ length: 30_000 }, (_, i) => `k${String((i * 7_919) % 30_000).padStart(5, "0")}`);
  for (const key of keys) state.schedule("op", 10, key);
  state.schedule("op", 11, "later");
  state.accept();
  await state.prepareTimers(10);
  expect(state.takeTimers(10).map(({ key }) => key)).toEqual(keys.toSorted());
  await state.prepareTimers(11);
  expect(state.takeTimers(11)).toHaveLength(1);
});

test("many timers cost few looks into the database", async () => {
  const inner = await memory();
  let looks = 0;
  const state = await open({
    ...{ getMany: (keys) => inner.getMany(keys), write: (changes) => inner.write(changes) },
    range: (from, to, limit) => (looks++, inner.range(from, to, limit)),
    ...{ deleteRange: (from, to) => inner.deleteRange(from, to), close: () => inner.close() },
  });
  let taken = 0;
  for (let now = 0; now < 20_000; now++) {
    state.schedule("op", now + 10_000, `k${now}`);
    await state.prepareTimers(now);
    taken += state.takeTimers(now).length;
    state.accept();
    if (now % 100 === 0) await state.flush(checkpoint);
  }
  expect(taken).toBe(10_000);
  expect(looks).toBeLessThan(30);
});

test("timers of each timeline are its own, and are found again whatever the checkpoint knows", async () => {
  const database = await memory();
  const state = await open(database);
  const lines = ["", "\u0001shop", "\u0001shop2", "import\u0001", "import2\u0001"];
  for (const line of lines) for (const time of [10, 20]) state.schedule("op", time, `of ${line}`, line);
  state.accept();
  await state.flush(checkpoint);
  const again = await open(database);
  expect([...again.linesAtOpening].sort()).toEqual(lines.slice(1).sort());
  for (const line of lines) {
    await again.prepareTimers(15, line);
    expect(again.takeTimers(15, line)).toEqual([{ operator: "op", time: 10, key: `of ${line}`, line }]);
    again.cancel("op", 20, `of ${line}`, line);
    expect(again.isDone(line)).toBe(true);
  }
  again.accept();
  await again.flush(checkpoint);
  expect((await open(database)).linesAtOpening.size).toBe(0);
});
