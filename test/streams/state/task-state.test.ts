import { describe, expect, test } from "vitest";
import type { StateDatabase } from "../../../streams/state/engine.ts";
import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import { TaskState } from "../../../streams/state/task-state.ts";

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
    const state = await open(database);
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
    const state = await open(database);
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
    expect(state.takeTimers(20)).toEqual([{ operator: "counting", time: 10, key: "kept" }]);
  });
});
