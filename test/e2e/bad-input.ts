import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createClient } from "../../client/index.ts";
import { parseBlueprint } from "../../blueprints/index.ts";
import {
  blueprints,
  deadLetters,
  decisionReplies,
  decisionRequests,
  decisions,
  observations,
  type DeadLetter,
} from "../../schemas/index.ts";
import {
  CORRELATION_ID,
  partitionOf,
  readTopic,
  replyHeaders,
  type Backbone,
  type OutgoingRecord,
  type SchemaRegistry,
} from "../../streams/index.ts";
import { startLoop, type Loop, publishBlueprint } from "../../loop/index.ts";
import { faultOf } from "../errors/faults.ts";
import { flights } from "./command.ts";

export interface Surroundings {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly subjectPrefix: string;
  readonly stateDir: string;
  close(): Promise<void>;
}

/** What bad input does to a running loop, on any backbone. */
export function badInput(name: string, open: () => Promise<Surroundings>): void {
  test(`${name}: each bad record becomes a dead letter with its reason, and the records around it are served`, async () => {
    const surroundings = await open();
    const loop = await start(surroundings);
    try {
      await publishBlueprint(loop, readFileSync(flights.blueprint, "utf8"));
      await loop.application.idle();
      const { backbone, serdes } = loop;
      const good = (id: string): Promise<OutgoingRecord> => request(loop, id, { useCase: "flight-delays" });
      const first = await good("good-1");
      const truncated = { ...(await good("bad")), value: first.value!.subarray(0, first.value!.length - 7) };
      const unframed = { ...first, value: Buffer.from('{"decisionId":"json"}') };
      const unknownId = { ...first, value: withSchemaId(first.value!, 999_999) };
      await loop.publisher.publish([]);
      const observation = await loop.publisher.encode({
        topic: observations,
        key: "good-1",
        value: { decisionId: "good-1", useCase: "", observationId: "", optionId: "", activation: false, values: {} },
        time: Date.now(),
      });
      const otherType = { ...first, value: observation.value };
      const tombstone = { ...first, value: null };
      const unknownUseCase = await request(loop, "bad-use-case", { useCase: "flight-delay" });
      const lostReply = {
        ...(await good("good-2")),
        headers: replyHeaders("decision-replies-nowhere", 0, Buffer.from("c")),
      };
      const { version } = parseBlueprint(readFileSync(flights.blueprint, "utf8"));
      const overwriting = await Promise.all(
        [
          "blueprints",
          "training-rows.flight-delays",
          "bad-input-enrich-infer-decide-changelog",
          "__consumer_offsets",
        ].map(async (topic, at) => ({
          ...(await good(at === 0 ? `flight-delays/${version}` : `good-${4 + at}`)),
          headers: replyHeaders(topic, 0, Buffer.from("c")),
        })),
      );
      const producer = await backbone.producer();
      const wrong = [truncated, unframed, unknownId, otherType, tombstone, unknownUseCase];
      const mine = "decision-replies-mine";
      await backbone.ensureTopics([{ name: mine, partitions: 3, cleanup: "delete" }]);
      const elsewhere = { ...(await good("good-8")), headers: replyHeaders(mine, 2, Buffer.from("to me")) };
      const before = await backbone.offsets([blueprints.name]);
      await producer.send([first, ...wrong, lostReply, ...overwriting, elsewhere, await good("good-3")]);
      await producer.close();
      await loop.application.idle();
      expect(await backbone.offsets([blueprints.name])).toEqual(before);

      const decided: string[] = [];
      for await (const { key } of readTopic(backbone, serdes, decisions)) decided.push(key);
      const asked = ["good-1", "good-2", "good-3", "good-5", "good-6", "good-7", "good-8"];
      expect(decided.sort()).toEqual([`flight-delays/${version}`, ...asked]);
      const letters: DeadLetter[] = [];
      for await (const { value } of readTopic(backbone, serdes, deadLetters)) letters.push(value);
      const reasons = letters.map(({ code, message }) => `${code}: ${message}`).sort();
      expect(reasons).toEqual([
        expect.stringMatching(
          /^REPLY_NOT_ALLOWED: no reply is written to "__consumer_offsets": it is an internal topic$/,
        ),
        expect.stringMatching(/^REPLY_NOT_ALLOWED: no reply is written to "bad-input-.*-changelog": it is one of/),
        expect.stringMatching(/^REPLY_NOT_ALLOWED: no reply is written to "blueprints": it is one of/),
        expect.stringMatching(/^REPLY_NOT_ALLOWED: no reply is written to "training-rows.flight-delays": it is one of/),
        expect.stringMatching(/^UNDECODABLE: a tombstone on a topic of events$/),
        expect.stringMatching(/^UNDECODABLE: not Confluent-framed Avro: it has 21 bytes/),
        expect.stringMatching(/^UNDECODABLE: schema id \d+ can't be read as decision-requests: .*ObservationRecorded/),
        expect.stringMatching(/^UNDECODABLE: truncated: \d+ bytes of schema id \d+$/),
        expect.stringMatching(/^UNKNOWN_REPLY_TOPIC: nothing can be written to decision-replies-nowhere\/0/),
        expect.stringMatching(/^UNKNOWN_SCHEMA: .*schema .*id 999999/),
        expect.stringMatching(/^UNKNOWN_USE_CASE: unknown use case "flight-delay": known are flight-delays$/),
      ]);
      expect(letters.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
      const kept = letters.find(({ code }) => code === "UNKNOWN_SCHEMA")!;
      expect(Buffer.from(kept.value!)).toEqual(Buffer.from(unknownId.value));
      expect(kept.topic).toMatch(/decision-requests$/);

      for await (const { value, headers, origin } of readTopic(backbone, serdes, { ...decisionReplies, name: mine })) {
        expect([value.decisionId, origin.partition]).toEqual(["good-8", 2]);
        expect(Buffer.from(headers[CORRELATION_ID]!).toString()).toBe("to me");
      }
      expect((await backbone.offsets([mine])).map(({ start, end }) => end > start)).toEqual([false, false, true]);
      const replied: string[] = [];
      for await (const { value } of readTopic(backbone, serdes, decisionReplies)) {
        replied.push(`${value.decisionId} ${value.reason} ${value.error ?? ""}`.trim());
      }
      // A request that can't be read is answered under its record's key, with the reason of its dead letter.
      const unread = letters.filter(({ code }) => code === "UNDECODABLE" || code === "UNKNOWN_SCHEMA");
      expect(replied.sort()).toEqual(
        [
          'bad-use-case error unknown use case "flight-delay": known are flight-delays',
          "good-1 noModel",
          "good-3 noModel",
          ...unread.map(({ message }) => `u error ${message}`),
        ].sort(),
      );
    } finally {
      await loop.close();
      await surroundings.close();
    }
  });

  test(`${name}: a context of 2 MB, a wrong type and an unknown use case get the default with the reason`, async () => {
    const surroundings = await open();
    const loop = await start(surroundings);
    const { backbone, registry } = surroundings;
    const client = createClient({ backbone, registry });
    try {
      await publishBlueprint(loop, readFileSync(flights.blueprint, "utf8"));
      await loop.application.idle();
      const ask = (useCase: string, context: Record<string, unknown>) =>
        client.getDecision(
          useCase,
          { unit: "u", context: context as Record<string, string> },
          { default: false, timeout: 10_000 },
        );
      const large = await ask("flight-delays", { note: "x".repeat(2_000_000) });
      expect(large).toMatchObject({ value: false, isDefault: true, reason: "error" });
      expect(large.error).toMatch(/2000\d\d\d bytes; at most 524288/);
      const wrongType = await ask("flight-delays", { distance: { miles: 3 } });
      expect(wrongType).toMatchObject({ value: false, isDefault: true, reason: "error" });
      expect(wrongType.error).toContain("distance");
      const unknown = await ask("flight-delay", {});
      expect(unknown).toMatchObject({ value: false, isDefault: true, reason: "error" });
      expect(unknown.error).toContain("known are flight-delays");
      const misfit = await ask("flight-delays", { distance: "far", carrier: "UA", unheardOf: 1 });
      expect(misfit).toMatchObject({ value: false, isDefault: true, reason: "noModel", error: null });
    } finally {
      await client.close();
      await loop.close();
      await surroundings.close();
    }
  });
}

function start({ backbone, registry, subjectPrefix, stateDir }: Surroundings): Promise<Loop> {
  return startLoop({
    id: "bad-input",
    backbone,
    registry,
    subjectPrefix,
    stateDir,
    partitions: 2,
    delivery: backbone.kind === "embedded" ? "exactlyOnce" : "atLeastOnce",
    commitIntervalMs: backbone.kind === "embedded" ? 0 : 50,
    maxTaskIdleMs: 0,
    salt: "test",
    codeVersion: "test",
  });
}

async function request(loop: Loop, decisionId: string, { useCase }: { useCase: string }): Promise<OutgoingRecord> {
  const value = {
    decisionId,
    useCase,
    unit: "u",
    context: { distance: 100, carrier: "UA" },
    deferred: false,
    logged: null,
    answered: null,
    candidates: [],
  };
  const headers = replyHeaders(decisionReplies.name, 0, Buffer.from(decisionId));
  const record = await loop.publisher.encode({ topic: decisionRequests, key: "u", value, time: Date.now(), headers });
  expect(record.headers![CORRELATION_ID]).toBeDefined();
  expect(record.partition).toBe(partitionOf(Buffer.from("u"), 2));
  return record;
}

function withSchemaId(value: Uint8Array, id: number): Buffer {
  const changed = Buffer.from(value);
  changed.writeUInt32BE(id, 1);
  return changed;
}
