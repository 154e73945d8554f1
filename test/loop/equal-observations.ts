import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { clock, decisionRequests, observations, type TrainingRow } from "../../schemas/index.ts";
import { partitionOf, readTopic, type Backbone, type SchemaRegistry } from "../../streams/index.ts";
import { publishBlueprint, replay, startLoop, type Loop } from "../../loop/index.ts";
import { eventually } from "../eventually.ts";

const SHOP = `useCase: shop
decisionSpace: boolean
context: { price: number }
features: [price]
observations: { amount: number }
label: { name: revenue, when: kind == "purchase", value: amount, aggregate: sum, wait: 10s, default: 0 }
model: { objective: regression }
policy: { decide: revenue > 5 }
join: { ttl: 20m }
training: { minRows: 1, schedule: none, freshRows: none }
`;
const shop = compileBlueprint(SHOP);
const partitions = 2;

export interface Opened {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
  readonly dir: string;
}

/** What is promised of equal observations on any backbone, with a loop that is stopped, loses its disk and goes on. */
export function equalObservationsSuite(open: () => Promise<Opened>): void {
  test("equal observations without an id are as many as there are records, those with one id one, live, after a lost disk and in a replay", async () => {
    const { backbone, registry, prefix, dir } = await open();
    const id = `equal${process.pid}${Date.now()}`;
    const options = { backbone, registry, subjectPrefix: prefix, partitions, salt: "x" };
    let runs = 0;
    const start = (): Promise<Loop> =>
      startLoop({
        ...options,
        id,
        stateDir: join(dir, `state${++runs}`),
        delivery: "exactlyOnce",
        commitIntervalMs: 0,
        maxTaskIdleMs: 0,
        codeVersion: "test",
      });
    let loop = await start();
    const now = Date.now() - 60_000;
    const decisionId = "d";
    const seen = (amount: number, observationId = "") => ({
      topic: observations,
      key: decisionId,
      value: { decisionId, useCase: "shop", observationId, values: { kind: "purchase", amount } },
      time: now + 1_000,
    });
    const request = { decisionId, useCase: "shop", unit: "u", context: { price: 1 }, deferred: false };
    const label = async (name = rowsTopic(shop).name): Promise<unknown> => {
      const rows: TrainingRow[] = [];
      for await (const { value } of readTopic(backbone, loop.serdes, rowsTopic(shop, name))) rows.push(value);
      return rows.at(-1)?.["label"];
    };
    const tick = async (time: number): Promise<void> => {
      await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time }]);
      await loop.application.idle();
    };
    try {
      await publishBlueprint(loop, SHOP, 0);
      await loop.publisher.publish([
        { topic: decisionRequests, key: decisionId, value: request, time: now },
        ...[seen(5), seen(5), seen(7), seen(100, "once"), seen(100, "once")],
      ] as never);
      await loop.application.idle();
      await loop.close();
      loop = await start();
      await loop.publisher.publish([seen(5), seen(100, "once")]);
      // One more of a producer with a partitioner of its own: it is passed on to the partition of its key.
      const elsewhere = 1 - partitionOf(Buffer.from(decisionId), partitions);
      await loop.publisher.publish([{ ...seen(5), partition: elsewhere }]);
      await loop.application.idle();
      await tick(now + 30_000);
      await eventually(async () => expect(await label()).toBe(127), { timeout: 20_000, interval: 200 });
      const again = await replay({
        ...options,
        dir: join(dir, "replay"),
        commitIntervalMs: 0,
        stepMs: 3_600_000,
        latenessMs: 60_000,
        request: { useCase: "shop" },
      });
      expect(await label(again!.rowsTopic)).toBe(127);
    } finally {
      await loop.close();
    }
  });
}
