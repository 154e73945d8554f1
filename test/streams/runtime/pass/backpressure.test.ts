import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../../../schemas/index.ts";
import { MAX_POLL_BYTES, type Backbone, type Fetch } from "../../../../streams/backbone/backbone.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  createMetrics,
  defineOperator,
  defineTopic,
  defineTopology,
  type EmbeddedBackbone,
  prefixed,
  Publisher,
  Serdes,
} from "../../../../streams/index.ts";
import { eventually } from "../../../eventually.ts";

const RECORD_BYTES = 100_000;
const BOUND = 1 << 20;
const left = defineTopic<Buffer>({ name: "left", schema: { type: "bytes" } });
const right = defineTopic<Buffer>({ name: "right", schema: { type: "bytes" } });

let dir: string;
let backbone: EmbeddedBackbone;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-backpressure-"));
  backbone = await createEmbeddedBackbone({ dir });
});
afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

/** The backbone with its group's reader watched; what it reads of `right` is held back until the gate opens. */
function gated(calls: {
  paused: Set<string>;
  resumed: Set<string>;
  open: boolean;
  beforePoll(): Promise<void>;
}): Backbone {
  const plain = prefixed(backbone, "");
  return {
    ...plain,
    async group(options) {
      const group = await plain.group(options);
      const held: Fetch[] = [];
      return {
        ...group,
        async poll(maxWaitMs, maxRecords) {
          await calls.beforePoll();
          const fetches = await group.poll(maxWaitMs, maxRecords);
          held.push(...fetches.filter(({ topic }) => topic === right.name));
          const passed = fetches.filter(({ topic }) => topic !== right.name);
          return calls.open ? [...held.splice(0), ...passed] : passed;
        },
        pause(partitions) {
          for (const { topic, partition } of partitions) calls.paused.add(`${topic}/${partition}`);
          group.pause(partitions);
        },
        resume(partitions) {
          for (const { topic, partition } of partitions) calls.resumed.add(`${topic}/${partition}`);
          group.resume(partitions);
        },
      };
    },
  };
}

test("partitions whose task can't go on are paused, what is queued never passes the bound by more than a poll, and nothing is lost", async () => {
  const serdes = new Serdes(backbone.registry);
  const handled: number[] = [];
  const both = defineOperator({
    name: "both",
    in: { left, right },
    out: {},
    state: {},
    globals: {},
    handlers: {
      left: (records) => void handled.push(...records.map(({ time }) => time)),
      right: () => undefined,
    },
  });
  let most = 0;
  const metrics = createMetrics();
  const calls = {
    paused: new Set<string>(),
    resumed: new Set<string>(),
    open: false,
    async beforePoll() {
      const { values } = await metrics.queuedBytes.get();
      most = Math.max(most, values[0]?.value ?? 0);
    },
  };
  const application = new Application({
    id: "bounded",
    topology: defineTopology({ name: "bounded", operators: [both] }),
    backbone: gated(calls),
    serdes,
    engine: createMemoryEngine(),
    deadLetters,
    partitions: 2,
    delivery: "atLeastOnce",
    commitIntervalMs: 0,
    maxTaskIdleMs: Number.POSITIVE_INFINITY,
    maxQueuedBytes: BOUND,
    metrics,
  });
  for (const topic of [left, right]) await application.openTopic(topic);
  const publisher = await Publisher.open(backbone, serdes, 2);
  const value = Buffer.alloc(RECORD_BYTES);
  for (let i = 0; i < 200; i++) {
    await publisher.publish([{ topic: left, key: "k", value, time: 1_000 + i, partition: i % 2 }]);
  }
  for (const partition of [0, 1]) {
    await publisher.publish([{ topic: right, key: "k", value: Buffer.alloc(1), time: 5_000, partition }]);
  }
  await application.start();
  await eventually(() => expect([...calls.paused].sort()).toEqual(["left/0", "left/1"]));
  expect(handled).toEqual([]);
  calls.open = true;
  await application.idle();
  expect(handled.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => 1_000 + i));
  expect([...calls.resumed].sort()).toEqual(["left/0", "left/1"]);
  expect(most).toBeGreaterThan(BOUND);
  expect(most).toBeLessThanOrEqual(BOUND + MAX_POLL_BYTES);
  await application.close();
  await publisher.close();
});
