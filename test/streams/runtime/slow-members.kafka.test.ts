import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createConfluentRegistry,
  createKafkaBackbone,
  createMemoryEngine,
  createPlatformaticBackbone,
  defineOperator,
  defineTopic,
  defineTopology,
  Publisher,
  readTopic,
  Serdes,
} from "../../../streams/index.ts";
import { eventually } from "../../eventually.ts";

const schema = { type: "record", name: "Seen", fields: [{ name: "n", type: "int" }] } as const;
const SESSION_MS = 3_000;
const SLOW_MS = 3 * SESSION_MS;

/** A batch takes three sessions, twice: once by waiting, once by computing, so that not even a heartbeat gets through. */
function slow(run: string) {
  const seen = defineTopic<{ n: number }>({ name: `seen-${run}`, schema });
  const passed = defineTopic<{ n: number }>({ name: `passed-${run}`, schema });
  const slept = new Set<number>();
  const pass = defineOperator({
    name: "pass",
    in: { seen },
    out: { passed },
    state: {},
    globals: {},
    handlers: {
      seen: async (records, context) => {
        for (const from of records) {
          const { n } = from.value;
          if (n < 2 && !slept.has(n)) {
            slept.add(n);
            if (n === 0) await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
            else for (const until = performance.now() + SLOW_MS; performance.now() < until;);
          }
          context.emit("passed", { key: from.key, value: from.value, time: from.time, from });
        }
      },
    },
  });
  return { seen, passed, topology: defineTopology({ name: run, operators: [pass] }) };
}

test.each([
  { client: "kafkajs", create: createKafkaBackbone },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone },
])(
  "over $client a member whose batch takes longer than its session, and than a rebalance waits, comes back and does it once",
  async ({ create }) => {
    const run = `slow-${randomUUID()}`;
    const { seen, passed, topology } = slow(run);
    const brokers = inject("brokers").split(",");
    const limits = { sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: SESSION_MS, transactionTimeoutMs: SESSION_MS };
    const registry = createConfluentRegistry({ url: inject("registry") });
    const members = await Promise.all(
      [0, 1].map(async () => {
        const backbone = await create({ brokers, ...limits });
        const application = new Application({
          ...{ id: run, topology, backbone, serdes: new Serdes(registry), deadLetters, partitions: 2 },
          ...{ engine: createMemoryEngine(), delivery: "exactlyOnce" as const, commitIntervalMs: 20, maxTaskIdleMs: 0 },
        });
        return { backbone, application };
      }),
    );
    const [first, second] = members as [(typeof members)[0], (typeof members)[0]];
    try {
      await first.application.start();
      const serdes = new Serdes(registry);
      const publisher = await Publisher.open(first.backbone, serdes, 2);
      const publish = (from: number): Promise<void> =>
        publisher.publish(
          Array.from({ length: 100 }, (_, i) => ({
            ...{ topic: seen, key: `key-${from + i}`, value: { n: from + i }, time: 1_000 + from + i },
          })),
        );
      await publish(0);
      // A second member comes while the first one is busy: the group shares out anew and does not wait for it.
      await second.application.start();
      await publish(100);
      const numbers = async (): Promise<number[]> => {
        const found: number[] = [];
        for await (const { value } of readTopic(first.backbone, serdes, passed)) found.push(value.n);
        return found.sort((a, b) => a - b);
      };
      const all = Array.from({ length: 200 }, (_, n) => n);
      await eventually(async () => expect(await numbers()).toEqual(all), { timeout: 90_000, interval: 500 });
      await publish(200);
      const more = Array.from({ length: 300 }, (_, n) => n);
      await eventually(async () => expect(await numbers()).toEqual(more), { timeout: 30_000, interval: 500 });
      await publisher.close();
    } finally {
      for (const { application, backbone } of members) {
        await application.close();
        await backbone.close();
      }
      await registry.close();
    }
  },
  180_000,
);
