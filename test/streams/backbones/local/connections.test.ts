import { createConnection } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { encodeFrame, FrameReader } from "../../../../streams/backbones/local/frames.ts";
import { outgoing, newTopic, readAll, valuesOf } from "../backbone-harness.ts";
import { serve, type Served } from "./served.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

describe("a server that closes", () => {
  test("lets calls under way, later calls and later writes fail with BACKBONE_GONE", async () => {
    const client = await served.connect();
    const topic = await newTopic(client);
    const reader = await client.reader([{ topic, partition: 0, offset: 0 }]);
    const producer = await client.producer({ transactionalId: "t" });
    const transaction = await producer.begin();
    const unavailable = { code: "BACKBONE_GONE", flags: { retry: false } };
    const polled = expect(reader.poll(60_000)).rejects.toMatchObject(unavailable);
    await served.server.close();
    await polled;
    await expect(transaction.send([outgoing(topic, "x")])).rejects.toMatchObject(unavailable);
    await expect(transaction.commit()).rejects.toMatchObject(unavailable);
    await expect(client.partitions("other")).rejects.toMatchObject(unavailable);
    reader.pause([{ topic, partition: 0 }]);
    await expect(reader.poll(0)).rejects.toMatchObject(unavailable);
    expect(await valuesOf(served.backbone, topic)).toEqual([]);
  });

  test("does not wait for a listener that never answers", async () => {
    const client = await served.connect();
    const topic = await newTopic(client);
    let called = (): void => undefined;
    const calledOnce = new Promise<void>((resolve) => (called = resolve));
    const group = await client.group({
      groupId: "g",
      copartitioned: [[topic]],
      listener: {
        assigned: () => {
          called();
          return new Promise(() => undefined);
        },
        revoked: () => Promise.resolve(),
      },
    });
    const polled = expect(group.poll(60_000)).rejects.toMatchObject({ code: "BACKBONE_GONE" });
    await calledOnce;
    await served.server.close();
    await polled;
  });
});

describe("a client that closes", () => {
  test("gets the answers of the calls under way, and its polls end; later calls are CLOSED", async () => {
    const client = await served.connect();
    const topic = await newTopic(client);
    const producer = await client.producer();
    const reader = await client.reader([{ topic, partition: 0, offset: 1_000 }]);
    const polled = reader.poll(60_000);
    const sends = Array.from({ length: 50 }, (_, i) => producer.send([outgoing(topic, String(i))]));
    await client.close();
    await Promise.all(sends);
    expect(await polled).toEqual([]);
    await expect(client.topics()).rejects.toMatchObject({ code: "CLOSED" });
    expect((await valuesOf(served.backbone, topic)).length).toBe(50);
  });

  test("leaves nothing of an open transaction, and its partitions of a group to others", async () => {
    const client = await served.connect();
    const topic = await newTopic(client, { partitions: 2 });
    const transaction = await (await client.producer({ transactionalId: "t" })).begin();
    await transaction.send([outgoing(topic, "never")]);
    const group = { groupId: "g", copartitioned: [[topic]] };
    const assigned = vi.fn(() => Promise.resolve([]));
    const listener = { assigned, revoked: () => Promise.resolve() };
    await (await client.group({ ...group, listener })).poll(0);
    expect(assigned).toHaveBeenCalledTimes(1);
    await client.close();
    const mine = vi.fn(() => Promise.resolve([]));
    const next = await served.backbone.group({ ...group, listener: { ...listener, assigned: mine } });
    await next.poll(0);
    expect(mine).toHaveBeenCalledWith([
      { topic, partition: 0 },
      { topic, partition: 1 },
    ]);
    await next.close();
    expect(await valuesOf(served.backbone, topic)).toEqual([]);
  });
});

describe("a peer that sends what is no call", () => {
  const reject = async (bytes: Buffer): Promise<void> => {
    const socket = createConnection(join(served.dir, "loopstream.sock"));
    socket.on("error", () => undefined);
    socket.write(bytes);
    await once(socket, "close");
  };
  const framed = (message: unknown): Buffer => Buffer.concat(encodeFrame(message));

  test.for([
    ["a length over the limit", Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ["bytes that are no value", Buffer.from([0, 0, 0, 3, 1, 2, 3])],
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ["a value that is no message", framed(["call"])],
    ["a message without a method", framed({ kind: "call", id: 1, args: [] })],
  ] as const)("loses its connection, and the others keep theirs: %s", async ([, bytes]) => {
    const client = await served.connect();
    await reject(bytes);
    expect(await client.topics()).toEqual([]);
  });

  test("gets an error for a call that is not there or has wrong arguments, and keeps its connection", async () => {
    const socket = createConnection(join(served.dir, "loopstream.sock"));
    const calls: readonly (readonly [method: string, args: readonly unknown[]])[] = [
      ["constructor", []],
      ["poll", [77, 0]],
      ["send", [{}, "x"]],
      ["offsets", [5]],
      ["topics", []],
    ];
    for (const [id, [method, args]] of calls.entries()) socket.write(framed({ kind: "call", id, method, args }));
    const frames = new FrameReader();
    const answers = new Map<number, string>();
    for await (const chunk of socket) {
      for (const answer of frames.push(chunk as Buffer)) {
        const { id, kind } = answer as { readonly id: number; readonly kind: string };
        answers.set(id, kind);
      }
      if (answers.size === calls.length) break;
    }
    expect(calls.map((_, id) => answers.get(id))).toEqual(["failed", "failed", "failed", "failed", "done"]);
  });
});

describe("long calls", () => {
  test("more than fits into a frame is sent, and polled, whole and in order", async () => {
    const client = await served.connect();
    const topic = await newTopic(client, { partitions: 2 });
    const producer = await client.producer();
    const records = Array.from({ length: 80 }, (_, i) =>
      outgoing(topic, "", { partition: i % 2, value: new Uint8Array(990_000).fill(i) }),
    );
    await producer.send(records);
    const read = await readAll(client, topic);
    const firsts = [0, 1].map((partition) => read.get(`${topic}/${partition}`)!.map(({ value }) => value![0]));
    expect(firsts).toEqual([0, 1].map((partition) => Array.from({ length: 40 }, (_, i) => 2 * i + partition)));
  });

  test("a transaction of more than fits into a frame is stored whole", async () => {
    const client = await served.connect();
    const topic = await newTopic(client);
    const producer = await client.producer({ transactionalId: "t" });
    const transaction = await producer.begin();
    const sent = transaction.send(
      Array.from({ length: 70 }, (_, i) => outgoing(topic, "", { value: new Uint8Array(990_000).fill(i) })),
    );
    await transaction.commit();
    await sent;
    expect(await served.backbone.offsets([topic])).toEqual([{ topic, partition: 0, start: 0, end: 70 }]);
  });

  test("an error keeps its code, its message and its causes", async () => {
    const client = await served.connect();
    const topic = await newTopic(client, { partitions: 3 });
    const spec = { name: topic, partitions: 4, cleanup: "delete" } as const;
    const [here, there] = await Promise.all(
      [served.backbone, client].map((backbone) => backbone.ensureTopics([spec]).catch((error: unknown) => error)),
    );
    expect(there).toEqual(here);
    expect(there).toMatchObject({ code: "TOPIC_MISMATCH", flags: { fatal: true } });
  });
});
