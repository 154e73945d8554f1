import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  type AvroSchema,
  avroStore,
  createLevelEngine,
  createMemoryEngine,
  createRocksEngine,
  defineTopic,
  jsonStore,
  type StateEngine,
  type StoreSpec,
} from "../../../streams/index.ts";
import type { Change, StateDatabase } from "../../../streams/state/engine.ts";
import { StoreSchemas } from "../../../streams/state/store-schemas.ts";
import { withoutRocks } from "./without-rocks.ts";
import { TaskState } from "../../../streams/state/task-state.ts";

interface Visit {
  readonly page: string;
  readonly seconds?: number;
}
const STORE = "visits.open";
const checkpoint = { positions: {}, streamTime: 0, changelogOffset: 0 };
const schemaOf = (...more: readonly object[]): AvroSchema => ({
  type: "record",
  name: "Visit",
  fields: [{ name: "page", type: "string" }, ...more],
});
const storeOf = (schema: AvroSchema, former?: AvroSchema): StoreSpec<Visit> =>
  avroStore(defineTopic<Visit>({ name: "visits", schema }), former);
const SECONDS = { name: "seconds", type: "int", default: 7 };
const narrow = storeOf(schemaOf());
const wide = storeOf(schemaOf(SECONDS));
const wider = storeOf(
  schemaOf({ name: "seconds", type: "long", default: 7 }, { name: "from", type: "string", default: "" }),
);

async function write(database: StateDatabase, spec: StoreSpec<Visit>, entries: readonly (readonly [string, Visit])[]) {
  const state = await TaskState.open(database);
  const store = state.store(STORE, spec);
  for (const [key, value] of entries) store.put(key, value);
  state.accept();
  const changes = state.freeze();
  await state.flush(checkpoint);
  return changes;
}
const read = async (database: StateDatabase, spec: StoreSpec<Visit>, key: string): Promise<Visit | undefined> =>
  loaded(await TaskState.open(database), key).then((state) => state.store(STORE, spec).get(key));

async function loaded(state: TaskState, key: string): Promise<TaskState> {
  await state.load([[STORE, key]]);
  return state;
}

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});
const engines: (readonly [string, () => Promise<StateEngine>])[] = [
  ["memory", () => Promise.resolve(createMemoryEngine())],
  [
    "leveldb",
    async () => {
      folders.push(await mkdtemp(join(tmpdir(), "loopstream-schemas-")));
      return createLevelEngine(folders.at(-1)!);
    },
  ],
];
if (!withoutRocks) {
  engines.push([
    "rocksdb",
    async () => {
      folders.push(await mkdtemp(join(tmpdir(), "loopstream-schemas-")));
      return createRocksEngine(folders.at(-1)!);
    },
  ]);
}

describe.each(engines)("a store whose record changes, on %s", (_, open) => {
  test("gains a field: values from before have its default, new ones their own, and the release before reads both", async () => {
    const database = await (await open()).open("task");
    await write(database, narrow, [["a", { page: "one" }]]);
    expect(await read(database, wide, "a")).toEqual({ page: "one", seconds: 7 });
    await write(database, wide, [["b", { page: "two", seconds: 3 }]]);
    expect(await read(database, wide, "b")).toEqual({ page: "two", seconds: 3 });
    expect(await read(database, narrow, "b")).toEqual({ page: "two" });
    await write(database, narrow, [["c", { page: "three" }]]);
    for (const [key, page, seconds] of [
      ["a", "one", 7],
      ["b", "two", 3],
      ["c", "three", 7],
    ] as const) {
      expect(await read(database, wider, key)).toEqual({ page, seconds, from: "" });
    }
    await database.close();
  });

  test("is read from its changes alone, as a changelog has them", async () => {
    const engine = await open();
    const database = await engine.open("task");
    const changes: Change[] = [...(await write(database, narrow, [["a", { page: "one" }]]))];
    changes.push(...(await write(database, wide, [["b", { page: "two", seconds: 3 }]])));
    const restored = await engine.open("restored");
    await restored.write(changes);
    expect([await read(restored, wide, "a"), await read(restored, wide, "b")]).toEqual([
      { page: "one", seconds: 7 },
      { page: "two", seconds: 3 },
    ]);
    await database.close();
    await restored.close();
  });
});

describe("what can't be read", () => {
  const other = storeOf(schemaOf({ name: "place", type: "string" }));

  test("of a schema without a default is told with the store and a way out, before anything is read", async () => {
    const database = await createMemoryEngine().open("task");
    await write(database, narrow, [["a", { page: "one" }]]);
    await expect(read(database, other, "a")).rejects.toMatchObject({
      code: "STATE_UNREADABLE",
      message: expect.stringMatching(
        /store open of operator visits .*place.* Start the release that wrote them/s,
      ) as string,
    });
  });

  test("of one value names operator, store and key, and concerns its record", async () => {
    const database = await createMemoryEngine().open("task");
    await write(database, narrow, [["a", { page: "one" }]]);
    await database.write([[`${STORE}\0a`, Uint8Array.of(9, 9)]]);
    await expect(read(database, narrow, "a")).rejects.toMatchObject({
      code: "UNDECODABLE",
      message: expect.stringContaining("operator visits, store open: the value of key a can't be read") as string,
      flags: { fatal: false },
    });
  });
});

test("a state that keeps no schemas is read by the former schema of the store", async () => {
  const database = await createMemoryEngine().open("task");
  await write(database, { encode: narrow.encode, decode: narrow.decode }, [["a", { page: "one" }]]);
  const now = storeOf(schemaOf(SECONDS), schemaOf());
  expect(await read(database, now, "a")).toEqual({ page: "one", seconds: 7 });
});

test("while the schema is the first one nothing is added to a value", async () => {
  const database = await createMemoryEngine().open("task");
  await write(database, narrow, [["a", { page: "one" }]]);
  expect(await database.getMany([`${STORE}\0a`])).toEqual([Buffer.from(narrow.encode({ page: "one" }))]);
});

test("JSON that lacks a field has its default", async () => {
  const { decode } = jsonStore<{ readonly n: number; readonly more: string }>({ more: "none" });
  expect(decode(Buffer.from('{"n":1}'))).toEqual({ n: 1, more: "none" });
});

test("a value that moves to another partition is read there by the schema that wrote it", async () => {
  const [from, to] = [await createMemoryEngine().open("0"), await createMemoryEngine().open("1")];
  await write(from, narrow, [["a", { page: "one" }]]);
  await write(from, wide, [["b", { page: "two", seconds: 3 }]]);
  // It begins with the later schema.
  await write(to, wide, [["c", { page: "three", seconds: 4 }]]);
  const [here, there] = [await StoreSchemas.read(from, false), await StoreSchemas.read(to, false)];
  for (const key of ["a", "b"]) {
    const [value] = await from.getMany([`${STORE}\0${key}`]);
    const moved = here.movedTo(there, STORE, value!, wide);
    await to.write([...moved.changes, [`${STORE}\0${key}`, moved.value]]);
  }
  expect(await Promise.all(["a", "b", "c"].map((key) => read(to, wide, key)))).toEqual([
    { page: "one", seconds: 7 },
    { page: "two", seconds: 3 },
    { page: "three", seconds: 4 },
  ]);
});
