import { expect, test } from "vitest";
import { createMemoryEngine, jsonStore, type StoreSpec } from "../../../streams/index.ts";
import { TaskState } from "../../../streams/state/task-state.ts";

interface Counted {
  counts: number[];
}

function counting() {
  const encoded: number[][] = [];
  const json = jsonStore<Counted>();
  const spec: StoreSpec<Counted> = {
    ...json,
    heldBytes: ({ counts }) => 20 + 10 * counts.length,
    encode(value) {
      encoded.push([...value.counts]);
      return json.encode(value);
    },
  };
  return { encoded, spec };
}

const add =
  (n: number) =>
  (value: Counted = { counts: [] }): Counted => {
    value.counts.push(n);
    return value;
  };
const checkpoint = { positions: {}, streamTime: 0, changelogOffset: 0 };

test("a value that batches change again and again becomes bytes once a commit, and is what it was after a restart", async () => {
  const engine = createMemoryEngine();
  const state = await TaskState.open(await engine.open("t"));
  const { spec, encoded } = counting();
  const store = state.store("o.s", spec);
  for (let n = 0; n < 5; n++) {
    store.update("k", add(n));
    state.accept();
  }
  expect(encoded).toEqual([]);
  expect(state.freeze().map(([key]) => key)).toEqual(["o.s\0k"]);
  store.update("k", add(5));
  state.accept();
  await state.flush(checkpoint);
  expect(encoded).toEqual([[0, 1, 2, 3, 4]]);
  const changes = state.freeze();
  expect(changes).toHaveLength(1);
  await state.flush(checkpoint);
  expect(store.get("k")).toEqual({ counts: [0, 1, 2, 3, 4, 5] });
  expect(JSON.parse(Buffer.from(changes[0]![1]!).toString())).toEqual({ counts: [0, 1, 2, 3, 4, 5] });
});

test("a batch that fails changes nothing, though the value is changed in place", async () => {
  const state = await TaskState.open(await createMemoryEngine().open("t"));
  const store = state.store("o.s", counting().spec);
  store.update("k", add(1));
  state.accept();
  store.update("k", add(2));
  store.delete("k");
  expect(store.get("k")).toBeUndefined();
  state.rollback();
  expect(store.get("k")).toEqual({ counts: [1] });
  store.delete("k");
  store.update("k", add(3));
  state.accept();
  expect(store.get("k")).toEqual({ counts: [3] });
  store.delete("k");
  state.accept();
  expect(store.get("k")).toBeUndefined();
  expect(state.freeze()).toEqual([["o.s\0k", null]]);
});

test("one that might not fit into a record is looked at before each change, and refused before it does not", async () => {
  const state = await TaskState.open(await createMemoryEngine().open("t"));
  const store = state.store("o.s", counting().spec, 200);
  let taken = 0;
  const grow = (): void => {
    for (; taken < 200; taken++) {
      store.update("k", add(1_000_000));
      state.accept();
    }
  };
  expect(grow).toThrow(/store s: the value of key k would have \d+ bytes; at most 180 fit into a record/);
  expect(taken).toBeGreaterThan(15);
  const [, bytes] = state.freeze()[0]!;
  expect(bytes!.length).toBeLessThanOrEqual(200);
});

test("of values that are not changed any more some stay in memory, and the others are read again", async () => {
  const engine = createMemoryEngine();
  const state = await TaskState.open(await engine.open("t"));
  const store = state.store("o.s", counting().spec);
  for (let n = 0; n < 100; n++) store.update(`k${n}`, add(n));
  state.accept();
  state.freeze();
  await state.flush(checkpoint);
  for (let n = 0; n < 100; n++) expect(store.get(`k${n}`)).toEqual({ counts: [n] });
});

test("of many values those used last stay as objects as long as they take 4 MiB, and 16 whatever they take", async () => {
  const decoding = async (bytes: number): Promise<number> => {
    const state = await TaskState.open(await createMemoryEngine().open("t"));
    const json = jsonStore<Counted>();
    let decoded = 0;
    const decode: typeof json.decode = (value) => {
      decoded++;
      return json.decode(value);
    };
    const store = state.store("o.s", { ...json, heldBytes: () => bytes, decode });
    for (let k = 0; k < 100; k++) store.update(`k${k}`, add(k));
    state.accept();
    state.freeze();
    await state.flush(checkpoint);
    for (let k = 99; k >= 0; k--) expect(store.get(`k${k}`)).toEqual({ counts: [k] });
    return decoded;
  };
  expect(await decoding(1_000)).toBe(0);
  expect(await decoding(128 * 1024)).toBe(100 - 32);
  expect(await decoding(512 * 1024)).toBe(100 - 16);
});
