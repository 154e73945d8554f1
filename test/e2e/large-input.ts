import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createClient } from "../../client/index.ts";
import { deadLetters, decisionRequests, events, observations } from "../../schemas/index.ts";
import { readTopic, StreamsError, type AnyTopic, type OutgoingRecord } from "../../streams/index.ts";
import { publishBlueprint, startLoop, type Loop } from "../../loop/index.ts";
import type { Surroundings } from "./bad-input.ts";
import { flights } from "./command.ts";

export interface LargeSurroundings extends Surroundings {
  /** Writes past our own producers, as a foreign client does. @returns false where the broker refuses it, or there is none. */
  readonly writeForeign: (record: OutgoingRecord) => Promise<boolean>;
}

const many = (count: number, bytes: number): Record<string, Buffer> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, Buffer.alloc(bytes, 120)]));

/** By what is too large of them; the rest of each record is as it should be. */
const shapes: readonly (readonly [string, Partial<OutgoingRecord>])[] = [
  [
    "garbage of 890,000 bytes and a header of 140,000",
    { value: Buffer.alloc(890_000, 120), headers: many(1, 140_000) },
  ],
  ["garbage of 1,040,000 bytes", { value: Buffer.alloc(1_040_000, 120) }],
  ["a header of 140,000 bytes", { headers: many(1, 140_000) }],
  ["a header of 70,000 bytes", { headers: many(1, 70_000) }],
  ["10,000 headers", { headers: many(10_000, 20) }],
  ["a header with a name of 70,000 bytes", { headers: { ["n".repeat(70_000)]: Buffer.from("x") } }],
  ["a key of 200,000 bytes", { key: Buffer.alloc(200_000, 107) }],
  ["a value of 5 MB", { value: Buffer.alloc(5_000_000, 120) }],
];

/** What records that are too large do to a running loop, on any backbone: nothing. */
export function largeInput(name: string, open: () => Promise<LargeSurroundings>): void {
  test(
    `${name}: what is too large is refused or becomes a dead letter, on every topic; the loop goes on, and after a restart too`,
    { timeout: 180_000 },
    async () => {
      const surroundings = await open();
      const failures: unknown[] = [];
      let loop = await start(surroundings, failures);
      try {
        await publishBlueprint(loop, readFileSync(flights.blueprint, "utf8"));
        await loop.application.idle();
        const producer = await surroundings.backbone.producer();
        const stored: string[] = [];
        for (const topic of [decisionRequests, observations, events] as readonly AnyTopic[]) {
          for (const [shape, excess] of shapes) {
            const good = await goodRecord(loop, topic, shape);
            const bad = { ...good, ...excess };
            const refusal = await producer.send([bad]).then(
              () => undefined,
              (error: unknown) => error,
            );
            if (refusal === undefined || (await surroundings.writeForeign(bad))) stored.push(`${topic.name}: ${shape}`);
            if (refusal !== undefined) {
              expect(refusal).toBeInstanceOf(StreamsError);
              expect((refusal as StreamsError).code).toBe("RECORD_TOO_LARGE");
            }
          }
        }
        await producer.close();
        await answered(surroundings, "after");
        await loop.application.idle();
        await loop.close();
        loop = await start(surroundings, failures);
        await answered(surroundings, "again");
        await loop.application.idle();
        const codes: string[] = [];
        for await (const { value } of readTopic(surroundings.backbone, loop.serdes, deadLetters))
          codes.push(value.code);
        expect(codes).toHaveLength(stored.length);
        for (const code of codes) expect(["UNDECODABLE", "OVER_LIMIT"]).toContain(code);
        expect(stored.length).toBeGreaterThan(5);
        expect(failures).toEqual([]);
      } finally {
        await loop.close();
        await surroundings.close();
      }
    },
  );
}

async function answered({ backbone, registry, subjectPrefix }: Surroundings, decisionId: string): Promise<void> {
  const client = createClient({ backbone, registry, subjectPrefix });
  const context = { distance: 100, carrier: "UA" };
  const decision = await client.getDecision("flight-delays", { decisionId, unit: "u", context }, { timeout: 20_000 });
  expect(decision).toMatchObject({ reason: "noModel", error: null });
  await client.close();
}

function goodRecord(loop: Loop, topic: AnyTopic, id: string): Promise<OutgoingRecord> {
  const values: Record<string, object> = {
    [decisionRequests.name]: { decisionId: id, useCase: "flight-delays", unit: "u", context: {}, deferred: false },
    [observations.name]: { decisionId: id, useCase: "", observationId: "", values: {} },
    [events.name]: { kind: "departure", attributes: {} },
  };
  return loop.publisher.encode({ topic, key: id, value: values[topic.name]!, time: Date.now() });
}

function start({ backbone, registry, subjectPrefix, stateDir }: Surroundings, failures: unknown[]): Promise<Loop> {
  return startLoop({
    ...{ id: "large-input", backbone, registry, subjectPrefix, stateDir, partitions: 1, maxTaskIdleMs: 0 },
    ...{ delivery: "exactlyOnce", commitIntervalMs: 0, salt: "test", codeVersion: "test" },
    onFailure: (error) => failures.push(error),
  });
}
