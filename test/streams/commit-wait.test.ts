import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deadLetters } from "../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  Publisher,
  Serdes,
  type Backbone,
} from "../../streams/index.ts";
import { bound } from "./bound-backbone.ts";

const schema = { type: "record", name: "N", fields: [{ name: "n", type: "int" }] } as const;
const numbers = defineTopic<{ n: number }>({ name: "numbers", schema });
const copies = defineTopic<{ n: number }>({ name: "copies", schema });
const copy = defineOperator({
  name: "copy",
  in: { numbers },
  out: { copies },
  state: {},
  globals: {},
  handlers: {
    numbers: (records, context) => {
      for (const from of records) context.emit("copies", { key: from.key, value: from.value, time: from.time, from });
    },
  },
});

test("no poll lasts past the next commit while something waits for it", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-commit-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const serdes = new Serdes(backbone.registry);
  /** Waits of the polls between the arrival of a record and the commit of its work. */
  const waits: number[] = [];
  let uncommitted = false;
  const listening: Backbone = {
    ...bound(backbone),
    async group(options) {
      const group = await backbone.group(options);
      const poll = group.poll.bind(group);
      group.poll = async (wait, most) => {
        // A commit that has begun goes on beside the polls.
        await new Promise((resolve) => setImmediate(resolve));
        if (uncommitted) waits.push(wait);
        const fetches = await poll(wait, most);
        uncommitted ||= fetches.length > 0;
        return fetches;
      };
      return group;
    },
    async producer(options) {
      const producer = await backbone.producer(options);
      const begin = producer.begin.bind(producer);
      producer.begin = () => {
        uncommitted = false;
        return begin();
      };
      return producer;
    },
  };
  const application = new Application({
    id: "copy",
    topology: defineTopology({ name: "copy", operators: [copy] }),
    backbone: listening,
    serdes,
    engine: createMemoryEngine(),
    deadLetters,
    partitions: 1,
    delivery: "exactlyOnce",
    commitIntervalMs: 60,
    maxTaskIdleMs: 0,
  });
  await application.start();
  const publisher = await Publisher.open(backbone, serdes, 1);
  const reader = await backbone.reader([{ topic: copies.name, partition: 0, offset: 0 }]);
  for (let n = 0; waits.length < 3; n++) {
    await publisher.publish([{ topic: numbers, key: "k", value: { n }, time: n }]);
    while ((await reader.poll(1_000)).length === 0);
  }
  expect(Math.max(...waits)).toBeLessThanOrEqual(60);
  await reader.close();
  await application.close();
  await publisher.close();
  await backbone.close();
  await rm(dir, { recursive: true });
});
