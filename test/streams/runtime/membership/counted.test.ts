import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  createMetrics,
  defineOperator,
  defineTopic,
  defineTopology,
  Publisher,
  Serdes,
  StreamsError,
  type Backbone,
  type EmbeddedBackbone,
  type Metrics,
} from "../../../../streams/index.ts";
import { bound } from "../../bound-backbone.ts";
import { recordedLog } from "../../recorded-log.ts";
import { eventually } from "../../../eventually.ts";

const schema = { type: "record", name: "Seen", fields: [{ name: "n", type: "int" }] } as const;
const seen = defineTopic<{ n: number }>({ name: "seen", schema });
const passed = defineTopic<{ n: number }>({ name: "passed", schema });
const soon = { timeout: 15_000, interval: 20 };

let dir: string;
let backbone: EmbeddedBackbone;
let closing: (() => Promise<unknown>)[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-counted-"));
  backbone = await createEmbeddedBackbone({ dir });
  closing = [() => backbone.close()];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(dir, { recursive: true });
});

const topology = defineTopology({
  name: "counted",
  operators: [
    defineOperator({
      name: "pass",
      in: { seen },
      out: { passed },
      state: {},
      globals: {},
      handlers: {
        seen: (records, context) => {
          for (const from of records)
            context.emit("passed", { key: from.key, value: from.value, time: from.time, from });
        },
      },
    }),
  ],
});

interface Started {
  readonly application: Application;
  readonly metrics: Metrics;
  readonly lines: ReturnType<typeof recordedLog>["lines"];
  /** Records that the series of `passed` has counted, and whether each has a time. */
  readonly counted: { records: number; timed: boolean };
}

async function start(over: Backbone = backbone): Promise<Started> {
  const metrics = createMetrics();
  const { log, lines } = recordedLog();
  const counted = { records: 0, timed: true };
  const series = {
    timed: true,
    add(records: number, seconds: number): void {
      counted.records += records;
      counted.timed &&= seconds > 0 && seconds < 60;
    },
  };
  const application = new Application({
    ...{ id: "counted", topology, backbone: over, serdes: new Serdes(backbone.registry), deadLetters, log, metrics },
    ...{ engine: createMemoryEngine(), partitions: 2, delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0 },
    seriesOf: { [passed.name]: () => series },
  });
  await application.start();
  closing.push(() => application.close());
  return { application, metrics, lines, counted };
}

async function publish(count: number): Promise<void> {
  const publisher = await Publisher.open(backbone, new Serdes(backbone.registry), 2);
  await publisher.publish(
    Array.from({ length: count }, (_, n) => ({ topic: seen, key: `key-${n}`, value: { n }, time: 1_000 + n })),
  );
  await publisher.close();
}

const labelled = async (metric: { get(): Promise<{ readonly values: readonly object[] }> }): Promise<unknown> =>
  ((await metric.get()).values as readonly { readonly labels: object; readonly value: number }[]).map(
    ({ labels, value }) => ({ ...labels, value }),
  );

test("a commit that fails is counted with its code, so is the restart, and its records count once they are committed", async () => {
  const fault = { left: 1 };
  const failing: Backbone = {
    ...bound(backbone),
    async producer(options) {
      const producer = await backbone.producer(options);
      const begin = producer.begin.bind(producer);
      producer.begin = (after) => {
        if (fault.left-- > 0) return Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "made to fail"));
        return begin(after);
      };
      return producer;
    },
  };
  const { application, metrics, counted } = await start(failing);
  await publish(40);
  await application.idle();
  expect(fault.left).toBeLessThan(0);
  expect(counted).toEqual({ records: 40, timed: true });
  expect(await labelled(metrics.commitFailures)).toEqual([{ code: "BACKBONE_UNAVAILABLE", value: 1 }]);
  expect(await labelled(metrics.restarts)).toEqual([{ code: "BACKBONE_UNAVAILABLE", value: 1 }]);
});

test("partitions that come and go are said in a sentence and counted, on both sides", async () => {
  const one = await start();
  await eventually(() => expect(one.lines.length).toBe(1), soon);
  expect(one.lines[0]!.message).toBe("partitions 0-1 of seen are handled by this process from now on");
  const other = await start();
  await eventually(() => expect(other.lines.length).toBe(1), soon);
  expect(other.lines[0]).toMatchObject({
    message: expect.stringMatching(/^partitions [01] of seen are handled by this process from now on$/),
    fields: { tasks: 1 },
  });
  await eventually(() => expect(one.lines.length).toBe(2), soon);
  expect(one.lines[1]).toMatchObject({
    level: "info",
    message: expect.stringMatching(/^partitions [01] of seen are handled by another process of the group from now on$/),
    fields: { tasks: 1 },
  });
  await other.application.close();
  await eventually(() => expect(one.lines.length).toBe(3), soon);
  expect(one.lines[2]).toMatchObject({ fields: { tasks: 2 } });
  expect(await labelled(one.metrics.rebalances)).toEqual([
    { change: "assigned", value: 2 },
    { change: "revoked", value: 1 },
  ]);
});

test("the lag is that of the records that are not handled, and is told while the application runs", async () => {
  const { application, metrics } = await start();
  await publish(40);
  await application.idle();
  expect(await application.lag()).toEqual([
    { topic: "seen", partition: 0, records: 0 },
    { topic: "seen", partition: 1, records: 0 },
  ]);
  expect((await metrics.lag.get()).values).toHaveLength(2);
  await application.close();
  expect((await metrics.lag.get()).values).toEqual([]);
});
