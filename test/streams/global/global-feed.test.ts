import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StreamsError } from "../../../streams/errors.ts";
import { GlobalFeed } from "../../../streams/global/global-feed.ts";
import { globalTable, type GlobalFold } from "../../../streams/global-source.ts";
import { Outages } from "../../../streams/outage.ts";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";
import { Serdes } from "../../../streams/serde/serdes.ts";
import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import { defineTopic } from "../../../streams/topic.ts";
import { MemoryBackbone } from "../../loop/memory-backbone.ts";
import { recordedLog } from "../recorded-log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const schema = { type: "record", name: "N", fields: [{ name: "n", type: "int" }] } as const;
const numbers = defineTopic<{ n: number }>({ name: "numbers", schema });
const names = defineTopic<{ n: number }>({ name: "names", schema });
const nameTable = globalTable("names", names);
/** Counts how often it was given each record: a record must be folded once. */
const sums: GlobalFold<{ n: number }> = {
  kind: "fold",
  name: "sums",
  topic: numbers,
  tables: [nameTable],
  fold: ({ key, value }, bytes) => {
    const before = bytes.get(key);
    bytes.put(key, Buffer.from(String(Number(before === undefined ? 0 : Buffer.from(before).toString()) + value.n)));
  },
};

const away = (): StreamsError => new StreamsError("BACKBONE_UNAVAILABLE", "no broker answers");

/** A log that can be taken away. */
class AbsentBackbone extends MemoryBackbone {
  absent = false;
  broken: Error | undefined;

  override async reader(positions: Parameters<MemoryBackbone["reader"]>[0]) {
    if (this.absent) throw away();
    const reader = await super.reader(positions);
    return {
      ...reader,
      poll: async (maxWaitMs: number) => {
        // Its own wait is not one of the clock that is moved by hand.
        const ready = await reader.poll(0);
        if (ready.length === 0) await new Promise((resolve) => setTimeout(resolve, maxWaitMs));
        if (this.broken !== undefined) throw this.broken;
        if (this.absent) throw away();
        return ready.length > 0 ? ready : reader.poll(0);
      },
    };
  }
}

async function opened() {
  const backbone = new AbsentBackbone();
  await backbone.ensureTopics([
    { name: "numbers", partitions: 1 },
    { name: "names", partitions: 1 },
  ]);
  const registry = createMemoryRegistry();
  const outage = { registry: false, letters: false };
  const serdes = new Serdes({
    ...registry,
    schema: async (id) => {
      if (outage.registry) throw new StreamsError("REGISTRY_UNAVAILABLE", "no registry answers");
      return registry.schema(id);
    },
  });
  // Of a program that the reader has not heard of: the reader asks the registry for its schema.
  const producer = new Serdes(registry);
  const fields = [...schema.fields, { name: "later", type: "int", default: 0 }];
  const newer = defineTopic<{ n: number; later: number }>({ name: "numbers", schema: { ...schema, fields } });
  for (const topic of [numbers, names]) {
    await serdes.open(topic);
    await producer.open(topic);
  }
  const ofNewer = new Serdes(registry);
  await ofNewer.open(newer);
  const { log, lines } = recordedLog();
  const engine = createMemoryEngine();
  const failures: unknown[] = [];
  const buried: unknown[] = [];
  const feed = await GlobalFeed.open({
    backbone,
    serdes,
    engine,
    sources: [nameTable, sums],
    outages: new Outages(log),
    onUndecodable: (_fetch, _index, error) => void buried.push(error),
    onRead: async () => {
      if (outage.letters) throw away();
    },
    onFailure: (error) => void failures.push(error),
  });
  const started = feed.start();
  await vi.advanceTimersByTimeAsync(1_000);
  await started;
  const publish = (key: string, value: Uint8Array | null): void =>
    backbone.append([{ topic: "numbers", partition: 0, timestamp: 0, key: Buffer.from(key), value }]);
  return {
    ...{ backbone, feed, lines, failures, buried, outage, engine },
    add: (key: string, n: number) => publish(key, producer.encode(numbers, { n })),
    addTombstone: (key: string) => publish(key, null),
    addNewer: (key: string, n: number) => publish(key, ofNewer.encode(newer, { n, later: 1 })),
    sum: (key: string): string | undefined => {
      const bytes = (feed.views()["sums"] as { get(key: string): Uint8Array | undefined }).get(key);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString();
    },
    async close() {
      const closing = feed.close();
      await vi.advanceTimersByTimeAsync(1_000);
      await closing;
    },
  };
}

test("globals outlast an outage of the log of an hour, say so from its beginning, and catch up", async () => {
  const { backbone, lines, failures, add, sum, close } = await opened();
  add("a", 1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sum("a")).toBe("1");
  backbone.absent = true;
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(lines[0]).toMatchObject({
    level: "warn",
    message: expect.stringContaining("globals: waiting and trying again: "),
  });
  expect(lines).toHaveLength(60);
  add("a", 2);
  backbone.absent = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sum("a")).toBe("3");
  expect(lines.at(-1)!.message).toMatch(/^globals: goes on after 36\d\d/);
  expect(failures).toEqual([]);
  await close();
});

test("while the registry is away a record of a new schema waits, and every record is folded once", async () => {
  const { lines, buried, outage, add, addNewer, sum, close } = await opened();
  outage.registry = true;
  add("a", 1);
  addNewer("a", 10);
  add("a", 100);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(lines[0]).toMatchObject({
    level: "warn",
    message: expect.stringContaining("schemas of globals: waiting and trying again: "),
    fields: { topic: "numbers", partition: 0, offset: 1 },
  });
  outage.registry = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sum("a")).toBe("111");
  expect(lines.at(-1)!.message).toMatch(/^schemas of globals: goes on after/);
  expect(buried).toEqual([]);
  await close();
});

test("what no other attempt mends ends the feed loudly: the failure is told, and every check throws it", async () => {
  const { backbone, feed, failures, close } = await opened();
  const broken = new StreamsError("UNKNOWN_TOPIC", "numbers is gone");
  backbone.broken = broken;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(failures).toEqual([broken]);
  expect(() => feed.check()).toThrow("numbers is gone");
  await close();
});

test("a feed that is closed in an outage closes at once", async () => {
  const { backbone, feed } = await opened();
  backbone.absent = true;
  await vi.advanceTimersByTimeAsync(60_000);
  await feed.close();
});

test("a tombstone on a topic of events is buried, and the events around it count", async () => {
  const { add, addTombstone, sum, buried, close } = await opened();
  add("a", 1);
  addTombstone("a");
  add("a", 2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sum("a")).toBe("3");
  expect(buried).toEqual([
    expect.objectContaining({ code: "UNDECODABLE", message: "a tombstone on a topic of events" }),
  ]);
  await close();
});

test("a record that can't be read is not passed over for good before its dead letter is stored", async () => {
  const { addTombstone, add, buried, outage, engine, lines, failures, close } = await opened();
  outage.letters = true;
  addTombstone("a");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(buried).toHaveLength(1);
  expect(lines.at(-1)).toMatchObject({ message: expect.stringContaining("globals: waiting and trying again: ") });
  // Killed now, the next process must meet the record again.
  const stored = async (): Promise<string[]> =>
    (await (await engine.open("globals")).range("\u0001numbers/", "\u0001numbers0")).map(([, value]) =>
      Buffer.from(value).toString(),
    );
  expect(await stored()).toEqual([]);
  outage.letters = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await stored()).toEqual(["1"]);
  add("a", 1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(failures).toEqual([]);
  await close();
});
