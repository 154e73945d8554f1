import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  partitionOf,
  Publisher,
  readTopic,
  Serdes,
  StreamsError,
  type ApplicationOptions,
  type Backbone,
  type EmbeddedBackbone,
  type Log,
  type SchemaRegistry,
} from "../../../streams/index.ts";
import { bound } from "../bound-backbone.ts";
import { recordedLog } from "../recorded-log.ts";
import { eventually } from "../../eventually.ts";

const schema = { type: "record", name: "Seen", fields: [{ name: "n", type: "int" }] } as const;
const seen = defineTopic<{ n: number }>({ name: "seen", schema });
const counts = defineTopic<{ n: number }>({ name: "counts", schema });
const BAD = 13;
/** Sets a timer for the moment after it. */
const TIMED = 50;
/** A key of each of the two partitions. */
const KEYS = [0, 1].map((partition) => {
  const names = Array.from({ length: 64 }, (_, i) => `key-${i}`);
  return names.find((name) => partitionOf(Buffer.from(name), 2) === partition)!;
}) as [string, string];
const [FIRST, SECOND] = KEYS;

let dir: string;
let backbone: EmbeddedBackbone;
let closing: (() => Promise<unknown>)[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-waiting-"));
  backbone = await createEmbeddedBackbone({ dir });
  closing = [() => backbone.close()];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(dir, { recursive: true });
});

/** Emits what it is given with how often its key was seen; `away` makes it fail on one record as if what it needs were away. */
function counting(outside: { away: boolean }) {
  const count = defineOperator({
    name: "count",
    in: { seen },
    out: { counts },
    state: { counted: jsonStore<number>() },
    globals: {},
    handlers: {
      seen: (records, context) => {
        for (const from of records) {
          context.state.counted.put(from.key, (context.state.counted.get(from.key) ?? 0) + 1);
          if (outside.away && from.value.n === BAD) throw new StreamsError("REGISTRY_UNAVAILABLE", "no answer");
          context.emit("counts", { key: from.key, value: { n: from.value.n }, time: from.time, from });
          if (from.value.n === TIMED) context.schedule(from.time + 1, from.key);
        }
      },
    },
    onTimer({ time, key }, context) {
      context.emit("counts", { key, value: { n: -1 }, time });
      if (outside.away) throw new StreamsError("REGISTRY_UNAVAILABLE", "no answer");
    },
  });
  return defineTopology({ name: "waiting", operators: [count] });
}

async function start(registry: SchemaRegistry, outside: { away: boolean }, options: Partial<ApplicationOptions> = {}) {
  const { log: all, lines } = recordedLog();
  // Of the log's information, the waits alone.
  const log: Log = { ...all, info: (fields, message) => void ("what" in fields && all.info(fields, message)) };
  const application = new Application({
    ...{ id: "waiting", topology: counting(outside), backbone, serdes: new Serdes(registry), deadLetters, log },
    ...{ engine: createMemoryEngine(), partitions: 2, delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0 },
    ...options,
  });
  await application.start();
  closing.push(() => application.close());
  const publisher = await Publisher.open(backbone, new Serdes(backbone.registry), 2);
  closing.push(() => publisher.close());
  const publish = (numbers: readonly number[], partition: number): Promise<void> =>
    publisher.publish(numbers.map((n) => ({ topic: seen, key: KEYS[partition]!, value: { n }, time: 1_000 + n })));
  const written = async (): Promise<Record<string, number[]>> => {
    const found: Record<string, number[]> = {};
    const reader = new Serdes(backbone.registry);
    for await (const { key, value } of readTopic(backbone, reader, counts)) (found[key] ??= []).push(value.n);
    return found;
  };
  const letters = async () => {
    const found: { readonly code: string; readonly place: string }[] = [];
    for await (const { value } of readTopic(backbone, new Serdes(backbone.registry), deadLetters)) {
      found.push({ code: value.code, place: `${value.topic}/${value.partition}@${value.offset} ${value.operator}` });
    }
    return found;
  };
  return { application, publish, written, letters, lines };
}

const soon = { timeout: 15_000, interval: 20 };

test("a record whose handling needs what is away waits, named, with those behind it; other partitions go on and nothing is read again", async () => {
  const outside = { away: true };
  const { application, publish, written, letters, lines } = await start(backbone.registry, outside);
  await publish([11, 12, BAD, 14], 0);
  await publish([21, 22], 1);
  await eventually(async () => expect(await written()).toEqual({ [FIRST]: [11, 12], [SECOND]: [21, 22] }), soon);
  await publish([23], 1);
  await eventually(async () => expect((await written())[SECOND]).toEqual([21, 22, 23]), soon);
  expect(lines[0]).toMatchObject({
    level: "warn",
    message: expect.stringContaining("record: waiting and trying again: "),
    fields: { topic: "seen", partition: 0, offset: 2, operator: "count", error: "no answer" },
  });
  outside.away = false;
  await application.idle();
  expect(await written()).toEqual({ [FIRST]: [11, 12, BAD, 14], [SECOND]: [21, 22, 23] });
  expect(await letters()).toEqual([]);
  expect(lines.at(-1)).toMatchObject({ level: "info", message: expect.stringMatching(/^record: goes on after/) });
  expect(lines.filter(({ fields }) => fields["what"] === "application")).toEqual([]);
});

test("a timer whose work needs what is away waits, named, and fires once when that is back", async () => {
  const outside = { away: true };
  const { application, publish, written, lines } = await start(backbone.registry, outside);
  await publish([TIMED], 0);
  await application.idle();
  await publish([60, 61], 0);
  await publish([21], 1);
  await eventually(async () => expect(await written()).toEqual({ [FIRST]: [TIMED], [SECOND]: [21] }), soon);
  await eventually(() => expect(lines.length).toBeGreaterThan(0), soon);
  expect(lines[0]).toMatchObject({ fields: { what: "record", timer: FIRST, time: 1_051, operator: "count" } });
  outside.away = false;
  await application.idle();
  expect(await written()).toEqual({ [FIRST]: [TIMED, -1, 60, 61], [SECOND]: [21] });
});

test("past the stated time, while brokers and registry answer, such a record is a dead letter that names it, and the rest goes on", async () => {
  const { application, publish, written, letters } = await start(
    backbone.registry,
    { away: true },
    { recordPatienceMs: 300 },
  );
  await publish([11, BAD, 14], 0);
  await application.idle();
  expect(await written()).toEqual({ [FIRST]: [11, 14] });
  expect(await letters()).toEqual([{ code: "REGISTRY_UNAVAILABLE", place: "seen/0@1 count" }]);
});

test("past the stated time it is still waited for while the registry is away", async () => {
  const outside = { away: true };
  const away = (): Promise<never> => Promise.reject(new StreamsError("REGISTRY_UNAVAILABLE", "no answer"));
  const partly: SchemaRegistry = {
    register: (subject, type, mode) => backbone.registry.register(subject, type, mode),
    schema: (id) => backbone.registry.schema(id),
    subjects: () => (outside.away ? away() : backbone.registry.subjects()),
    close: () => Promise.resolve(),
  };
  const { application, publish, written, letters, lines } = await start(partly, outside, { recordPatienceMs: 300 });
  await publish([BAD], 0);
  await eventually(() => expect(lines.at(-1)).toMatchObject({ level: "warn", fields: { what: "record" } }), soon);
  await sleep(2_000);
  expect(lines.at(-1)).toMatchObject({ level: "warn", fields: { what: "record" } });
  expect(await letters()).toEqual([]);
  outside.away = false;
  await application.idle();
  expect(await written()).toEqual({ [FIRST]: [BAD] });
  expect(await letters()).toEqual([]);
});

test("to start over for ever at the same records is a failure that names them", async () => {
  const failing: Backbone = {
    ...bound(backbone),
    async producer(options) {
      const producer = await backbone.producer(options);
      const begin = producer.begin.bind(producer);
      producer.begin = async (after) => {
        const transaction = await begin(after);
        transaction.commit = () => Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "made to fail"));
        return transaction;
      };
      return producer;
    },
  };
  const failures: unknown[] = [];
  const { publish, lines } = await start(
    backbone.registry,
    { away: false },
    { backbone: failing, recordPatienceMs: 300, onFailure: (error) => void failures.push(error) },
  );
  await publish([11, 12], 0);
  await eventually(() => expect(failures).toHaveLength(1), soon);
  expect(failures[0]).toMatchObject({ code: "NO_PROGRESS", cause: { message: "made to fail" } });
  expect(String(failures[0])).toContain("nothing behind seen/0@0 could be committed");
  expect(lines[0]).toMatchObject({
    message: expect.stringContaining("application: waiting and trying again: "),
    fields: { at: ["seen/0@0"] },
  });
});

test("a record whose schema the registry can't name at the moment waits; other partitions go on, and it is handled when it can", async () => {
  const outside = { away: false };
  let absent = true;
  const registry: SchemaRegistry = {
    register: (subject, type, mode) => backbone.registry.register(subject, type, mode),
    schema: (id) =>
      absent ? Promise.reject(new StreamsError("REGISTRY_UNAVAILABLE", "no answer")) : backbone.registry.schema(id),
    subjects: () => backbone.registry.subjects(),
    close: () => Promise.resolve(),
  };
  const { application, publish, written, lines } = await start(registry, outside);
  const fields = [...schema.fields, { name: "later", type: "int", default: 0 }];
  const newer = defineTopic<{ n: number; later: number }>({ name: "seen", schema: { ...schema, fields } });
  const ofNewer = new Serdes(backbone.registry);
  await ofNewer.open(newer);
  await publish([11], 0);
  const producer = await backbone.producer();
  const value = ofNewer.encode(newer, { n: 12, later: 1 });
  await producer.send([{ topic: "seen", partition: 0, timestamp: 1_012, key: Buffer.from(FIRST), value }]);
  await producer.close();
  await publish([14], 0);
  await publish([21], 1);
  await eventually(async () => expect(await written()).toEqual({ [FIRST]: [11], [SECOND]: [21] }), soon);
  await eventually(() => expect(lines.length).toBeGreaterThan(0), soon);
  expect(lines[0]).toMatchObject({
    message: expect.stringContaining("schemas of records: waiting and trying again: "),
    fields: { topic: "seen", partition: 0, offset: 1 },
  });
  absent = false;
  await application.idle();
  expect(await written()).toEqual({ [FIRST]: [11, 12, 14], [SECOND]: [21] });
  expect(lines.at(-1)!.message).toMatch(/^schemas of records: goes on after/);
  expect(lines.filter(({ fields: each }) => each["what"] === "application")).toEqual([]);
});
