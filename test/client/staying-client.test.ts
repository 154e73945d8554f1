import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createClient, type Client, type ClientEvent, type ClientOptions } from "../../client/index.ts";
import { decisionReplies, decisionRequests, events, observations } from "../../schemas/index.ts";
import {
  createEmbeddedBackbone,
  ensureTopic,
  Publisher,
  readTopic,
  replyAddress,
  Serdes,
  StreamsError,
  type EmbeddedBackbone,
} from "../../streams/index.ts";
import { recordedLog } from "../streams/recorded-log.ts";
import { canMount, mountSmallDisk } from "../streams/backbones/embedded/small-disk.ts";
import { failing, type FailingBackbone } from "./failing-backbone.ts";

let dir: string;
let log: EmbeddedBackbone;
let serdes: Serdes;
let place: FailingBackbone;
let count = 0;
const open: Client[] = [];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-staying-"));
  log = await createEmbeddedBackbone({ dir });
  serdes = new Serdes(log.registry);
  for (const topic of [events, observations, decisionRequests, decisionReplies])
    await ensureTopic(topic, log, serdes, 3);
});
beforeEach(() => {
  place = failing(log);
  count++;
});
afterEach(async () => {
  vi.restoreAllMocks();
  place.mood = "well";
  place.error = undefined;
  for (const client of open.splice(0)) await client.close();
});
afterAll(async () => {
  await log.close();
  rmSync(dir, { recursive: true });
});

function opened(options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ backbone: place.backbone, registry: log.registry, ...options });
  open.push(client);
  return client;
}

const kind = (): string => `step-${count}`;
const spoolAt = (name: string): string => join(dir, `spool-${count}-${name}`);
const soon = { timeout: 20 } as const;
/** On a busy machine too. */
const patient = { timeout: 20_000 } as const;
const inMemory = { ok: true, waits: "memory" } as const;
const onDisk = { ok: true, waits: "disk" } as const;

/** The sizes of this test's events, as they lie on the topic. */
async function stored(): Promise<readonly unknown[]> {
  const sizes = [];
  for await (const { value } of readTopic(log, serdes, events)) {
    if (value.kind === kind()) sizes.push(value.attributes["size"]);
  }
  return sizes.sort((a, b) => Number(a) - Number(b));
}
const numbers = (length: number, first = 0): readonly number[] => Array.from({ length }, (_, i) => first + i);
const settled = (client: Client): Promise<unknown> => expect.poll(() => client.status.waiting.records, patient).toBe(0);

describe("while the brokers are away", () => {
  test("observations and events wait, are stored once they are back, and each is there once", async () => {
    const client = opened();
    await client.logEvent(kind(), { size: 0 }, patient);
    place.mood = "away";
    const answers = await Promise.all(numbers(500, 1).map((size) => client.logEvent(kind(), { size }, soon)));
    const observed = await client.logObservations(`d-${count}`, { amount: 1 }, soon);
    expect(new Set(answers.map(({ ok }) => ok))).toEqual(new Set([true]));
    expect(answers.at(-1)).toEqual(inMemory);
    expect(observed).toEqual({ ...inMemory, observationId: expect.any(String) as string });
    expect(client.status).toMatchObject({ connected: false, waiting: { records: 501 } });
    place.mood = "well";
    await settled(client);
    expect(await stored()).toEqual(numbers(501));
    expect(client.status).toMatchObject({ connected: true, waiting: { records: 0, bytes: 0, oldest: null } });
  });

  test("events whose answers are lost are stored once, and observations are sent again under their ids", async () => {
    const client = opened();
    await client.logEvent(kind(), { size: 0 }, patient);
    place.mood = "mute";
    await Promise.all(numbers(50, 1).map((size) => client.logEvent(kind(), { size }, soon)));
    const { observationId } = await client.logObservations(`d-${count}`, { amount: 1 }, soon);
    place.mood = "away";
    await Promise.all(numbers(50, 51).map((size) => client.logEvent(kind(), { size }, soon)));
    place.mood = "well";
    await settled(client);
    expect(await stored()).toEqual(numbers(101));
    const ids = new Set<string>();
    for await (const { key, value } of readTopic(log, serdes, observations)) {
      if (key === `d-${count}`) ids.add(value.observationId);
    }
    expect(ids).toEqual(new Set([observationId]));
  });

  test("a user who may not read the events sends one again that may be stored, and the log says that it may count twice", async () => {
    const { log: lines, lines: said } = recordedLog();
    const client = opened({ log: lines });
    place.unreadable = true;
    place.mood = "mute";
    await client.logEvent(kind(), { size: 0 }, soon);
    // Stored, and not known to be: on a busy machine that comes after the call.
    await expect.poll(async () => (await stored()).length, patient).toBeGreaterThanOrEqual(1);
    place.mood = "well";
    await settled(client);
    expect((await stored()).length).toBeGreaterThanOrEqual(2);
    expect(said.filter(({ message }) => message.includes("may count twice"))).toMatchObject([{ level: "warn" }]);
  });

  test("a decision is its default with the reason, within its timeout", async () => {
    const client = opened();
    place.mood = "away";
    const began = performance.now();
    const decision = await client.getDecision("x", { unit: "u", context: {} }, { default: 7, timeout: 300 });
    expect(decision).toMatchObject({ value: 7, isDefault: true, reason: "error", error: "the brokers are away" });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(client.status).toMatchObject({ connected: false, lastError: { code: "BACKBONE_UNAVAILABLE" } });
  });

  test("one beginning and one end are told, to listeners and to the log; a listener that throws disturbs nobody", async () => {
    const { log: lines, lines: said } = recordedLog();
    const client = opened({ log: lines });
    const told: ClientEvent[] = [];
    client.onStatus(() => {
      throw new Error("the product's own");
    });
    const stop = client.onStatus((event, status) => {
      expect(status.connected).toBe(event.kind === "connected");
      told.push(event);
    });
    place.mood = "away";
    for (const size of numbers(20)) await client.logEvent(kind(), { size }, soon);
    place.mood = "well";
    await settled(client);
    expect(told.map((event) => event.kind)).toEqual(["disconnected", "connected"]);
    const outage = said
      .filter(({ fields }) => fields["what"] === "client")
      .map(({ level, message }) => [level, message]);
    expect(outage[0]).toEqual(["warn", expect.stringMatching(/^client: waiting and trying again: /)]);
    expect(outage.at(-1)).toEqual(["info", expect.stringMatching(/^client: goes on after/)]);
    stop();
    place.mood = "away";
    await client.logEvent(kind(), { size: 99 }, soon);
    await expect.poll(() => client.status.connected, patient).toBe(false);
    expect(told).toHaveLength(2);
  });

  test("a broker that answers nothing is an outage, though no call has failed", { timeout: 900_000 }, async () => {
    const client = opened();
    await client.logEvent(kind(), { size: 0 }, patient);
    place.mood = "held";
    expect(await client.logEvent(kind(), { size: 1 }, soon)).toEqual(inMemory);
    await expect.poll(() => client.status, patient).toMatchObject({ connected: false, lastError: { code: "TIMEOUT" } });
    place.mood = "well";
    await settled(client);
    expect(client.status.connected).toBe(true);
    expect(await stored()).toEqual([0, 1]);
  });

  test("a clock that is set back or on changes nothing but the times", async () => {
    const client = opened();
    place.mood = "away";
    const now = Date.now();
    await client.logEvent(kind(), { size: 0 }, soon);
    for (const jump of [-86_400_000, 86_400_000]) {
      vi.spyOn(Date, "now").mockReturnValue(now + jump);
      expect(await client.logEvent(kind(), { size: jump }, { ...soon, time: now })).toEqual(inMemory);
    }
    place.mood = "well";
    await settled(client);
    expect(await stored()).toEqual([-86_400_000, 0, 86_400_000]);
  });
});

describe("a full buffer", () => {
  test.each([
    ["records", { records: 10 }],
    ["bytes", { bytes: 10 * 700 }],
  ])("of %s refuses a further record with its code, and keeps those it has taken", async (_, buffer) => {
    const client = opened({ buffer });
    place.mood = "away";
    const answers = [];
    for (const size of numbers(30)) answers.push(await client.logEvent(kind(), { size }, soon));
    const taken = answers.filter(({ ok }) => ok).length;
    expect(taken).toBeGreaterThanOrEqual(5);
    expect(taken).toBeLessThanOrEqual(12);
    expect(answers.at(-1)).toMatchObject({ ok: false, error: expect.stringContaining("wait to be stored") as string });
    await expect(client.logEvent(kind(), { size: 1 }, { throwOnError: true })).rejects.toMatchObject({
      code: "BUFFER_FULL",
    });
    place.mood = "well";
    await settled(client);
    expect(await stored()).toEqual(numbers(taken));
    expect(await client.logEvent(kind(), { size: taken }, patient)).toEqual({ ok: true });
  });

  test("is none with buffer: false: a record that can't be stored is refused", async () => {
    const client = opened({ buffer: false });
    place.mood = "away";
    expect(await client.logEvent(kind(), { size: 1 })).toEqual({ ok: false, error: "the brokers are away" });
    place.mood = "well";
    expect(await client.logEvent(kind(), { size: 2 }, patient)).toEqual({ ok: true });
    expect(await stored()).toEqual([2]);
  });
});

test("a reply without a decision id, to a request that could not be read, finds its asker by the correlation id", async () => {
  const client = opened();
  const [unit, decisionId] = [`u-${count}`, `d-${count}`];
  const asking = client.getDecision("x", { unit, decisionId, context: {} }, { default: 7, ...patient });
  const publisher = await Publisher.open(log, serdes, 3);
  await expect
    .poll(async () => {
      for await (const { value, headers } of readTopic(log, serdes, decisionRequests)) {
        if (value.unit !== unit) continue;
        const { partition, headers: back } = replyAddress(headers)!;
        const reply = { decisionId: "", useCase: "", value: null, reason: "error", propensity: null } as const;
        const rest = {
          blueprintVersion: null,
          modelId: null,
          error: "it could not be read",
          repeatOf: null,
          payload: null,
        };
        const answer = {
          topic: decisionReplies,
          key: "",
          value: { ...reply, ...rest },
          time: 1,
          headers: back,
          partition,
        };
        await publisher.publish([answer]);
        return true;
      }
      return false;
    }, patient)
    .toBe(true);
  expect(await asking).toMatchObject({ decisionId, value: 7, reason: "error", error: "it could not be read" });
  await publisher.close();
});

test("a record that waited and is refused later is told with all it holds, and those behind it go on", async () => {
  const { log: lines, lines: said } = recordedLog();
  const client = opened({ log: lines });
  const told: ClientEvent[] = [];
  client.onStatus((event) => told.push(event));
  place.mood = "away";
  expect(await client.logEvent(kind(), { size: 1 }, soon)).toEqual(inMemory);
  place.error = new StreamsError("RECORD_TOO_LARGE", "the topic takes less");
  await expect.poll(() => client.status.refused, patient).toBe(1);
  place.error = undefined;
  place.mood = "well";
  expect(await client.logEvent(kind(), { size: 2 }, patient)).toEqual({ ok: true });
  expect(told.find((event) => event.kind === "refused")).toMatchObject({
    what: "event",
    error: { code: "RECORD_TOO_LARGE" },
  });
  const line = said.find(({ level }) => level === "error");
  expect(line?.fields).toMatchObject({
    record: { kind: kind(), attributes: { size: 1 } },
    error: "the topic takes less",
  });
  expect(await stored()).toEqual([2]);
});

describe("close", () => {
  test("stores what waits, and takes no more", async () => {
    const client = opened();
    place.mood = "away";
    for (const size of numbers(20)) await client.logEvent(kind(), { size }, { timeout: 1 });
    const closing = client.close();
    expect(await client.logEvent(kind(), { size: 99 })).toMatchObject({
      ok: false,
      error: expect.stringContaining("is closed") as string,
    });
    place.mood = "well";
    expect(await closing).toEqual({ lost: 0, spooled: 0 });
    expect(await stored()).toEqual(numbers(20));
  });

  test("ends within its time, tells how many records are lost, and answers calls that are still open", async () => {
    const { log: lines, lines: said } = recordedLog();
    const client = opened({ log: lines });
    place.mood = "away";
    await client.logEvent(kind(), { size: 0 }, { timeout: 1 });
    const call = client.logEvent(kind(), { size: 1 }, { timeout: 60_000 });
    const began = performance.now();
    expect(await client.close({ timeout: 200 })).toEqual({ lost: 2, spooled: 0 });
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(await call).toMatchObject({ ok: false });
    expect(said.filter(({ level }) => level === "error")).toMatchObject([{ fields: { lost: 2 } }]);
  });

  test(
    "ends though brokers answer nothing, and a record that they store later is in the spool too",
    { timeout: 900_000 },
    async () => {
      const spool = spoolAt("a");
      const client = opened({ buffer: { spool } });
      await client.logEvent(kind(), { size: 0 }, patient);
      place.mood = "held";
      expect(await client.logEvent(kind(), { size: 1 }, soon)).toEqual(onDisk);
      const began = performance.now();
      expect(await client.close({ timeout: 100 })).toEqual({ lost: 0, spooled: 1 });
      expect(performance.now() - began).toBeLessThan(15_000);
      place.mood = "well";
      await expect.poll(stored, patient).toEqual([0, 1]);
      await settled(opened({ buffer: { spool } }));
      expect(await stored()).toEqual([0, 1]);
    },
  );

  test("leaves the rest in the spool, from where the next client sends it, once", async () => {
    const spool = spoolAt("a");
    const client = opened({ buffer: { spool } });
    await client.logEvent(kind(), { size: 0 }, patient);
    place.mood = "mute";
    for (const size of numbers(5, 1)) expect(await client.logEvent(kind(), { size }, soon)).toEqual(onDisk);
    place.mood = "away";
    for (const size of numbers(5, 6)) expect(await client.logEvent(kind(), { size }, soon)).toEqual(onDisk);
    // Of those that are stored the client may have seen some.
    const { records, spooled } = client.status.waiting;
    expect(records).toBeGreaterThanOrEqual(5);
    expect(spooled).toBe(records);
    expect(await client.close({ timeout: 50 })).toEqual({ lost: 0, spooled });
    place.mood = "well";
    const next = opened({ buffer: { spool } });
    await settled(next);
    expect(await stored()).toEqual(numbers(11));
    expect(await next.close()).toEqual({ lost: 0, spooled: 0 });
  });
});

describe("a process that is killed", () => {
  test("while the log has events that it was not told of leaves them to the next one, which stores none twice", async () => {
    const spool = spoolAt("a");
    const client = opened({ buffer: { spool } });
    place.mood = "away";
    for (const size of numbers(6)) expect(await client.logEvent(kind(), { size }, soon)).toEqual(onDisk);
    place.mood = "stuck";
    await expect.poll(stored, patient).toEqual(numbers(6));
    // The disk as a kill leaves it.
    const left = spoolAt("b");
    cpSync(join(spool, "records.spool"), join(left, "records.spool"));
    place.mood = "well";
    await settled(opened({ buffer: { spool: left } }));
    await settled(client);
    expect(await stored()).toEqual(numbers(6));
  });
});

test.skipIf(!canMount())(
  "a full disk keeps nothing from being stored: the record waits in memory, and says so",
  async () => {
    const disk = mountSmallDisk(2);
    try {
      const { log: lines, lines: said } = recordedLog();
      const client = opened({ buffer: { spool: join(disk.path, "spool") }, log: lines });
      place.mood = "away";
      disk.fill(0);
      const note = "x".repeat(50_000);
      expect(await client.logEvent(kind(), { size: 0, note }, { timeout: 100 })).toEqual(inMemory);
      expect(said.filter(({ fields }) => fields["what"] === "client spool")).toMatchObject([{ level: "warn" }]);
      disk.free();
      await expect.poll(() => client.status.waiting.spooled, patient).toBe(1);
      expect(await client.logEvent(kind(), { size: 1, note }, { timeout: 100 })).toEqual(onDisk);
      place.mood = "well";
      await settled(client);
      expect(await stored()).toEqual([0, 1]);
      await client.close();
    } finally {
      disk.close();
    }
  },
);
