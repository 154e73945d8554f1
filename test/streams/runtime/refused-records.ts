import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createLevelEngine,
  createMetrics,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  readTopic,
  Serdes,
  StreamsError,
  type ApplicationOptions,
  type Backbone,
  type SchemaRegistry,
} from "../../../streams/index.ts";
import { replyHeaders } from "../../../streams/request-reply/headers.ts";
import { killable } from "../killable-backbone.ts";
import { eventually } from "../../eventually.ts";

const schema = { type: "record", name: "Seen", fields: [{ name: "n", type: "int" }] } as const;
/** Its handling fails as long as something is away. */
const WAITS = 13;
/** Rejected by the operator. */
const REJECTED = 66;
/** Makes the operator fail. */
const FAILS = 99;
const BYTES = "no Avro";

export interface RefusedPlace {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  /** Of state. */
  readonly dir: string;
  /** Of topics, unique in the place. */
  readonly name: string;
}

function counting(name: string, outside: { away: boolean }) {
  const seen = defineTopic<{ n: number }>({ name: `seen-${name}`, schema, partitions: 1 });
  const counts = defineTopic<{ n: number }>({ name: `counts-${name}`, schema, partitions: 1 });
  const replies = defineTopic<{ n: number }>({ name: `replies-${name}`, schema, partitions: 1 });
  const count = defineOperator({
    name: "count",
    in: { seen },
    out: { counts, replies },
    state: { counted: jsonStore<number>() },
    globals: {},
    refuses: { topic: seen, output: "replies", reply: () => ({ n: -1 }) },
    handlers: {
      seen: (records, context) => {
        for (const from of records) {
          const { n } = from.value;
          if (outside.away && n === WAITS) throw new StreamsError("REGISTRY_UNAVAILABLE", "no answer");
          if (n === REJECTED) {
            context.reject(from, new StreamsError("BAD_TIME", "rejected"));
            continue;
          }
          if (n === FAILS) throw new Error("no such number");
          context.state.counted.put(from.key, (context.state.counted.get(from.key) ?? 0) + 1);
          context.emit("counts", { key: from.key, value: { n }, time: from.time, from });
        }
      },
    },
  });
  return { seen, counts, replies, topology: defineTopology({ name, operators: [count] }) };
}

type Numbers = ReturnType<typeof counting>["seen"];

/** What is promised of records that can't be used, on any backbone. */
export function refusedRecordsSuite(open: () => Promise<RefusedPlace>): void {
  async function opened(delivery: ApplicationOptions["delivery"]) {
    const { backbone, registry, dir, name } = await open();
    const outside = { away: false };
    const { seen, counts, replies, topology } = counting(name, outside);
    const serdes = new Serdes(registry);
    await serdes.open(seen);
    const start = async (over: Backbone = backbone) => {
      const metrics = createMetrics();
      const application = new Application({
        ...{ id: name, topology, backbone: over, serdes: new Serdes(registry), deadLetters, metrics, delivery },
        ...{ engine: createLevelEngine(join(dir, "state")), partitions: 1, commitIntervalMs: 0, maxTaskIdleMs: 0 },
      });
      await application.start();
      const counted = async (): Promise<Readonly<Record<string, number>>> =>
        Object.fromEntries((await metrics.deadLetters.get()).values.map(({ labels, value }) => [labels.code, value]));
      const queued = async (): Promise<number> => (await metrics.queued.get()).values[0]?.value ?? 0;
      return { application, counted, queued };
    };
    /** One batch; text stands for bytes that are no Avro, and asks for a reply. */
    const send = async (values: readonly (number | string)[]): Promise<void> => {
      const producer = await backbone.producer();
      await producer.send(
        values.map((each, at) => ({
          ...{ topic: seen.name, partition: 0, timestamp: 1_000 + at, key: Buffer.from("key") },
          value: typeof each === "string" ? Buffer.from(each) : serdes.encode(seen, { n: each }),
          headers: typeof each === "string" ? replyHeaders(replies.name, 0, Buffer.from(each)) : {},
        })),
      );
      await producer.close();
    };
    const read = async (topic: Numbers): Promise<readonly number[]> => {
      const found: number[] = [];
      for await (const { value } of readTopic(backbone, serdes, topic)) found.push(value.n);
      return found;
    };
    /** Sorted: the topic may have partitions, and each is read in its own order. */
    const letters = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const { value } of readTopic(backbone, serdes, deadLetters)) {
        if (value.topic === seen.name) found.push(`${value.code} ${value.offset}`);
      }
      return found.toSorted();
    };
    const written = (): Promise<readonly number[]> => read(counts);
    return { backbone, outside, start, send, written, replied: () => read(replies), letters };
  }
  const soon = { timeout: 30_000, interval: 20 };

  describe.each(["exactlyOnce", "atLeastOnce"] as const)("%s", (delivery) => {
    test("a record that can't be decoded waits for those before it: a process that ends meanwhile leaves it to the next one, which buries it once and replies once", async () => {
      const { outside, start, send, written, replied, letters } = await opened(delivery);
      outside.away = true;
      const first = await start();
      await send([11, WAITS, BYTES, 14]);
      await eventually(async () => expect(await written()).toEqual([11]), soon);
      await eventually(async () => expect(await first.queued()).toBeGreaterThan(1), soon);
      expect([await letters(), await replied()]).toEqual([[], []]);
      await first.application.close();
      outside.away = false;
      const second = await start();
      await second.application.idle();
      expect(await written()).toEqual([11, WAITS, 14]);
      expect([await letters(), await replied()]).toEqual([["UNDECODABLE 2"], [-1]]);
      expect([await first.counted(), await second.counted()]).toEqual([{}, { UNDECODABLE: 1 }]);
      await second.application.close();
    });

    test("a dead letter counts once, also of a batch whose work is undone and done again", async () => {
      const { start, send, written, letters } = await opened(delivery);
      const { application, counted } = await start();
      await send([REJECTED, 12, FAILS, BYTES, 14]);
      await application.idle();
      expect(await written()).toEqual([12, 14]);
      expect(await letters()).toEqual(["BAD_TIME 0", "HANDLER_FAILED 2", "UNDECODABLE 3"]);
      expect(await counted()).toEqual({ BAD_TIME: 1, HANDLER_FAILED: 1, UNDECODABLE: 1 });
      await application.close();
    });
  });

  test.each([
    ["before its commit", false],
    ["when its commit is done, and before it knows", true],
  ])(
    "killed %s, a process leaves one dead letter and one reply of each record that can't be decoded",
    async (_, after) => {
      const { backbone, outside, start, send, written, replied, letters } = await opened("exactlyOnce");
      outside.away = true;
      const first = killable(backbone, after);
      const process = await start(first.backbone);
      await send([11, WAITS, BYTES, 14, BYTES]);
      await eventually(async () => expect(await written()).toEqual([11]), soon);
      await eventually(async () => expect(await process.queued()).toBeGreaterThan(1), soon);
      first.killAt = 1;
      outside.away = false;
      await eventually(() => expect(first.killed).toBe(true), soon);
      await process.application.close().catch(() => undefined);
      const { application } = await start();
      await application.idle();
      expect(await written()).toEqual([11, WAITS, 14]);
      expect([await letters(), await replied()]).toEqual([
        ["UNDECODABLE 2", "UNDECODABLE 4"],
        [-1, -1],
      ]);
      await application.close();
    },
  );

  test("a dead letter whose commit fails counts when it is committed", async () => {
    const { backbone, start, send, written, letters } = await opened("exactlyOnce");
    const faults = { left: 1 };
    const failing = failingCommits(backbone, faults);
    const { application, counted } = await start(failing);
    await send([BYTES, 12]);
    await application.idle();
    expect([await written(), await letters(), faults.left]).toEqual([[12], ["UNDECODABLE 0"], 0]);
    expect(await counted()).toEqual({ UNDECODABLE: 1 });
    await application.close();
  });
}

/** So many commits fail with an error that is waited out. */
function failingCommits(backbone: Backbone, faults: { left: number }): Backbone {
  const producer: Backbone["producer"] = async (options) => {
    const made = await backbone.producer(options);
    const begin = made.begin.bind(made);
    made.begin = async (...args) => {
      const transaction = await begin(...args);
      const commit = transaction.commit.bind(transaction);
      transaction.commit = () => {
        if (faults.left === 0) return commit();
        faults.left--;
        return Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "made to fail"));
      };
      return transaction;
    };
    return made;
  };
  return new Proxy(backbone, {
    get(target, key) {
      if (key === "producer") return producer;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value as (...all: unknown[]) => unknown).bind(target) : value;
    },
  });
}
