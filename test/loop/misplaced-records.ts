import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { publishBlueprint, replay, startLoop, type Loop } from "../../loop/index.ts";
import { clock, deadLetters, decisionReplies, decisionRequests, decisions, observations } from "../../schemas/index.ts";
import {
  partitionOf,
  PLACE_HEADER,
  readRaw,
  readTopic,
  type AnyTopic,
  type Backbone,
  type OutgoingRecord,
  type SchemaRegistry,
  type Topic,
} from "../../streams/index.ts";
import { replyHeaders } from "../../streams/request-reply/headers.ts";
import { random } from "../blueprints/random.ts";
import { killable } from "../streams/killable-backbone.ts";

export const SHOP = `useCase: shop
decisionSpace: boolean
context: { price: number }
features: [price]
observations: { amount: number }
label: { name: revenue, when: kind == "purchase", value: amount, aggregate: sum, wait: 1h, default: 0 }
model: { objective: regression }
policy: { decide: revenue > 5 }
join: { ttl: 2h }
training: { minRows: 1, schedule: none, freshRows: none }
`;
const shop = compileBlueprint(SHOP);
export const PARTITIONS = 4;

export interface Place {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
  readonly dir: string;
}

export interface Case {
  readonly delivery: "exactlyOnce" | "atLeastOnce";
  readonly decisions: number;
  /** The process is killed at each of these writes of its own, counted from its start. */
  readonly kills: readonly number[];
}

/** What is promised of records under any key and in any partition, on any backbone. */
export function misplacedRecordsSuite(open: () => Promise<Place>, cases: readonly Case[]): void {
  test.each(cases)(
    "records under any key or none, in any partition, are decided once, answered alike and labelled, with $delivery and kills in between, live and in a replay (%j)",
    { timeout: 180_000 },
    async ({ delivery, decisions: count, kills }) => {
      const { backbone, registry, prefix, dir } = await open();
      const id = `misplaced${process.pid}${Date.now()}`;
      const options = { registry, subjectPrefix: prefix, partitions: PARTITIONS, salt: "x" };
      const next = random(count + kills.length);
      const now = Date.now() - 4 * 3_600_000;
      const ids = Array.from({ length: count }, (_, i) => `d${i}`);
      let run = killable(backbone);
      let starts = 0;
      const start = (): Promise<Loop> => {
        run = killable(backbone, ++starts % 2 === 0);
        return startLoop({
          ...{ ...options, id, backbone: run.backbone, stateDir: join(dir, "state"), instanceId: "one" },
          ...{ delivery, commitIntervalMs: 0, maxTaskIdleMs: 0, codeVersion: "test" },
        });
      };
      let loop = await start();
      const producer = await backbone.producer();
      const anyKey = (name: string): Buffer | null =>
        [null, Buffer.from(`unit-${Math.floor(next() * 5)}`), Buffer.from(name)][Math.floor(next() * 3)]!;
      const placed = (topic: AnyTopic, name: string, value: object, time: number, headers = {}): OutgoingRecord => ({
        ...{ topic: topic.name, partition: Math.floor(next() * PARTITIONS), timestamp: time, headers },
        ...{ key: anyKey(name), value: loop.serdes.encode(topic, value) },
      });
      const ask = (name: string, at: number): OutgoingRecord => {
        const value = { decisionId: name, useCase: "shop", unit: "u", context: { price: at }, deferred: false };
        const headers = replyHeaders(decisionReplies.name, at % PARTITIONS, Buffer.from(name));
        return placed(decisionRequests, name, value, now + at, headers);
      };
      const seen = (name: string, at: number, observationId: string): OutgoingRecord => {
        const values = { kind: "purchase", amount: at };
        return placed(
          observations,
          name,
          { decisionId: name, useCase: "shop", observationId, values },
          now + 1_000 + at,
        );
      };
      const settle = async (): Promise<void> => {
        for (;;) {
          if (!run.killed && (await idleOrKilled(loop, () => run.killed))) return;
          await loop.close().catch(() => undefined);
          loop = await start();
        }
      };
      try {
        await publishBlueprint(loop, SHOP, 0);
        await loop.application.idle();
        const rounds = kills.length + 1;
        for (let round = 0; round < rounds; round++) {
          if (round < kills.length) run.killAt = kills[round]!;
          const some = ids.filter((_, at) => at % rounds === round);
          await producer.send(some.map((name) => ask(name, Number(name.slice(1)))));
          // Some have an id of their own and come twice; the others count as often as they come.
          await producer.send(
            some.flatMap((name, at) => {
              const n = Number(name.slice(1));
              return at % 2 === 0
                ? [seen(name, n, "once"), seen(name, n, "once")]
                : [seen(name, n, ""), seen(name, n, "")];
            }),
          );
          await settle();
        }
        await producer.send(ids.map((name) => ask(name, Number(name.slice(1)))));
        await settle();
        const made = await all(backbone, loop, decisions);
        const names = made.map(({ key }) => key).sort();
        // At least once: a record that was sent and not committed is made again, with the same content.
        expect(delivery === "exactlyOnce" ? names : [...new Set(names)]).toEqual([...ids].sort());
        const replies = await all(backbone, loop, decisionReplies);
        const byId = Map.groupBy(replies, ({ key }) => key);
        expect([...byId.keys()].sort()).toEqual([...ids].sort());
        for (const [name, of] of byId) {
          expect(of.length).toBeGreaterThanOrEqual(2);
          expect(new Set(of.map(({ value }) => JSON.stringify(value))).size).toBe(1);
          expect(new Set(of.map(({ partition }) => partition))).toEqual(new Set([Number(name.slice(1)) % PARTITIONS]));
        }
        const over = now + 5_400_000;
        await loop.publisher.publish([{ topic: clock, key: "clock", value: { time: over }, time: over }]);
        await settle();
        const expected = ids.map((name, at) => {
          const n = Number(name.slice(1));
          const inRound = Math.floor(at / rounds);
          return [name, inRound % 2 === 0 ? n : 2 * n];
        });
        const labels = async (name: string) =>
          (await all(backbone, loop, rowsTopic(shop, name)))
            .map(({ key, value }) => [key, value["label"]])
            .sort(([a], [b]) => Number(String(a).slice(1)) - Number(String(b).slice(1)));
        const again = await replay({
          ...{ ...options, backbone, dir: join(dir, "replay"), commitIntervalMs: 0 },
          ...{ stepMs: 3_600_000, latenessMs: 60_000, request: { useCase: "shop" } },
        });
        expect(await labels(again!.rowsTopic)).toEqual(expected);
        expect(await labels(rowsTopic(shop).name)).toEqual(expected);
        expect(await all(backbone, loop, deadLetters)).toEqual([]);
        // Copies lie where they belong, under the id, and name their first place.
        let copies = 0;
        for (const { name: topic } of [decisionRequests, observations]) {
          for await (const records of readRaw(backbone, topic)) {
            for (const { key, partition, headers } of records) {
              if (headers[PLACE_HEADER] === undefined) continue;
              copies++;
              expect(partitionOf(key!, PARTITIONS)).toBe(partition);
            }
          }
        }
        expect(copies).toBeGreaterThan(count);
      } finally {
        await loop.close().catch(() => undefined);
        await producer.close();
      }
    },
  );
}

async function idleOrKilled(loop: Loop, isKilled: () => boolean): Promise<boolean> {
  const idle = loop.application.idle().then(
    () => true,
    () => false,
  );
  const killed = vi.waitUntil(isKilled, { timeout: 60_000, interval: 5 }).then(() => false);
  killed.catch(() => undefined);
  return Promise.race([idle, killed]);
}

async function all<V>(backbone: Backbone, loop: Loop, topic: Topic<V>) {
  const found: { readonly key: string; readonly value: V; readonly partition: number }[] = [];
  for await (const { key, value, origin } of readTopic(backbone, loop.serdes, topic)) {
    found.push({ key, value, partition: origin.partition });
  }
  return found;
}
