import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Kafka, logLevel, type Admin } from "kafkajs";
import {
  createConfluentRegistry,
  createMemoryEngine,
  createPlatformaticBackbone,
  defineTopic,
  globalTable,
  Publisher,
  Serdes,
  type Backbone,
  type GlobalFold,
  type StateEngine,
} from "../../../streams/index.ts";
import type { Move } from "../../../streams/backbone/topic-view.ts";
import { GlobalFeed } from "../../../streams/global/global-feed.ts";
import { makeAnew } from "../runtime/counting-run.ts";

const schema = { type: "record", name: "Said", fields: [{ name: "text", type: "string" }] } as const;
interface Said {
  readonly text: string;
}

let admin: Admin;
let backbone: Backbone;
beforeAll(async () => {
  admin = new Kafka({ brokers: inject("brokers").split(","), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  backbone = await createPlatformaticBackbone({ brokers: inject("brokers") });
});
afterAll(async () => {
  await admin.disconnect();
  await backbone.close();
});

/** A table and a fold of one topic each, and what their feed says. */
async function opened() {
  const run = randomUUID().slice(0, 8);
  const named = defineTopic<Said>({ name: `named-${run}`, schema, cleanup: "compact", partitions: 1 });
  const heard = defineTopic<Said>({ name: `heard-${run}`, schema, partitions: 1 });
  const table = globalTable("table", named);
  const fold: GlobalFold<Said> = {
    kind: "fold",
    name: "fold",
    topic: heard,
    tables: [],
    fold: ({ value }, bytes) => bytes.put(value.text, Buffer.of(1)),
  };
  const registry = createConfluentRegistry({ url: inject("registry") });
  const serdes = new Serdes(registry);
  const publisher = await Publisher.open(backbone, serdes, 1);
  const moves: Move[] = [];
  const lost: (readonly [string, boolean])[] = [];
  const say = async (topic: typeof named, key: string, text: string): Promise<void> => {
    await publisher.publish([{ topic, key, value: { text }, time: Date.now() }]);
  };
  await say(named, "a", "one");
  await say(heard, "", "first");
  await say(heard, "", "second");
  const open = async (engine: StateEngine, former?: GlobalFeed): Promise<GlobalFeed> => {
    const feed = await GlobalFeed.open({
      backbone,
      serdes,
      engine,
      sources: [table, fold],
      former,
      onUndecodable: (_fetch, _index, error) => {
        throw error;
      },
      onMove: (move) => moves.push(move),
      onTableLost: (topic, kept) => lost.push([topic, kept]),
    });
    await feed.start();
    await feed.reached(await backbone.offsets([named.name, heard.name]));
    return feed;
  };
  const close = async (): Promise<void> => {
    await publisher.close();
    await registry.close();
  };
  return { named, heard, moves, lost, say, open, close };
}

const texts = (feed: GlobalFeed): readonly string[] =>
  ["first", "second", "third"].filter((text) => (feed.views()["fold"] as GlobalViewOfBytes).get(text) !== undefined);
interface GlobalViewOfBytes {
  get(key: string): Uint8Array | undefined;
}
const named = (feed: GlobalFeed): readonly string[] =>
  [...(feed.views()["table"] as { values(): Iterable<Said> }).values()].map(({ text }) => text).sort();

test("a fold whose topic was made anew reads the new one from its start and keeps what it had folded, which is said once", async () => {
  const run = await opened();
  const engine = createMemoryEngine();
  await (await run.open(engine)).close();
  await makeAnew(admin, run.heard.name, 1);
  await run.say(run.heard, "", "third");
  const feed = await run.open(engine);
  expect(texts(feed)).toEqual(["first", "second", "third"]);
  expect(run.moves).toEqual([{ topic: run.heard.name, partition: 0, reason: "madeAnew", from: 2, to: 0, end: 1 }]);
  await feed.close();
  await (await run.open(engine)).close();
  expect(run.moves.length).toBe(1);
  expect(run.lost).toEqual([]);
  await run.close();
});

test("a table whose topic was made anew keeps what this process has read; another process has only what is on the new topic, and says so", async () => {
  const run = await opened();
  const engine = createMemoryEngine();
  const first = await run.open(engine);
  await first.close();
  await makeAnew(admin, run.named.name, 1);
  await run.say(run.named, "b", "two");
  const second = await run.open(engine, first);
  expect(named(second)).toEqual(["one", "two"]);
  await second.close();
  const third = await run.open(engine, second);
  expect(named(third)).toEqual(["one", "two"]);
  await third.close();
  expect(run.lost).toEqual([[run.named.name, true]]);
  const another = await run.open(engine);
  expect(named(another)).toEqual(["two"]);
  await another.close();
  await makeAnew(admin, run.named.name, 1);
  await (await run.open(engine)).close();
  expect(run.lost).toEqual([
    [run.named.name, true],
    [run.named.name, false],
  ]);
  await run.close();
});
