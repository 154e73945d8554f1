import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel, type Admin } from "kafkajs";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { deadLetters as letters } from "../../../schemas/index.ts";
import {
  Application,
  createConfluentRegistry,
  createKafkaBackbone,
  createLevelEngine,
  createPlatformaticBackbone,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  Publisher,
  readTopic,
  Serdes,
  type Backbone,
  type DeadLetterValue,
} from "../../../streams/index.ts";
import { eventually } from "../../eventually.ts";

const clients = [
  { client: "kafkajs", create: createKafkaBackbone },
  { client: "@platformatic/kafka", create: createPlatformaticBackbone },
];
const schema = { type: "record", name: "Said", fields: [{ name: "text", type: "string" }] } as const;

/** Remembers and repeats what was said; of what is said under `quiet` it repeats nothing. */
function repeating(run: string) {
  const said = defineTopic<{ text: string }>({ name: `said-${run}`, schema });
  const echoed = defineTopic<{ text: string }>({ name: `echoed-${run}`, schema });
  const repeat = defineOperator({
    name: "repeat",
    in: { said },
    out: { echoed },
    state: { heard: jsonStore<string>() },
    globals: {},
    handlers: {
      said(records, context) {
        for (const from of records) {
          const { key, value, time } = from;
          context.state.heard.put(key, key === "loud" ? "" : value.text);
          context.emit("echoed", { key, value: key === "quiet" ? { text: "" } : value, time, from });
        }
      },
    },
  });
  const { type: _, ...options } = letters;
  const deadLetters = defineTopic<DeadLetterValue>({ ...options, name: `dead-${run}` });
  return { said, echoed, deadLetters, topology: defineTopology({ name: run, operators: [repeat] }) };
}

describe.each(clients)("over $client", ({ create }) => {
  const registry = createConfluentRegistry({ url: inject("registry") });
  const serdes = new Serdes(registry);
  let backbone: Backbone;
  let admin: Admin;
  beforeAll(async () => {
    backbone = await create({ brokers: inject("brokers").split(",") });
    admin = new Kafka({ brokers: inject("brokers").split(","), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterAll(async () => {
    await admin.disconnect();
    await backbone.close();
    await registry.close();
  });

  // All settings of the topic are replaced: with the broker's own retention, records of 1970 would be deleted at its next look.
  const limit = (topic: string, bytes: number): Promise<unknown> => {
    const configEntries = [
      { name: "max.message.bytes", value: String(bytes) },
      { name: "retention.ms", value: "-1" },
    ];
    return admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] });
  };

  async function opened() {
    const run = `limits-${randomUUID()}`;
    const { said, echoed, deadLetters, topology } = repeating(run);
    const dir = mkdtempSync(join(tmpdir(), "loopstream-limits-"));
    const failures: unknown[] = [];
    const publisher = await Publisher.open(backbone, serdes, 1);
    const start = async (): Promise<Application> => {
      const application = new Application({
        ...{ id: run, topology, backbone, serdes: new Serdes(registry), engine: createLevelEngine(dir), deadLetters },
        ...{ partitions: 1, delivery: "exactlyOnce", commitIntervalMs: 5, maxTaskIdleMs: 0 },
        onFailure: (error) => failures.push(error),
      });
      await application.start();
      return application;
    };
    return {
      topics: { echoed: echoed.name, dead: deadLetters.name, changelog: topology.subTopologies[0]!.changelog },
      start,
      say: (key: string, ...texts: readonly string[]) =>
        publisher.publish(texts.map((text, at) => ({ topic: said, key, value: { text }, time: at }))),
      async echoes() {
        const found: number[] = [];
        for await (const { value } of readTopic(backbone, serdes, echoed)) found.push(value.text.length);
        return found;
      },
      async buried() {
        const found: DeadLetterValue[] = [];
        for await (const { value } of readTopic(backbone, serdes, deadLetters)) found.push(value);
        return found;
      },
      async close(application: Application) {
        await application.close();
        await publisher.close();
        rmSync(dir, { recursive: true });
        expect(failures).toEqual([]);
      },
    };
  }

  test("topics that take less are known at start: what does not fit is a dead letter that fits its own topic, small records go in smaller batches", async () => {
    const { topics, start, say, echoes, buried, close } = await opened();
    await (await start()).close();
    await limit(topics.echoed, 60_000);
    await limit(topics.changelog, 30_000);
    await limit(topics.dead, 20_000);
    const small = Array.from({ length: 300 }, () => "s".repeat(1_000));
    await say("loud", ...small, "l".repeat(55_000), "m".repeat(61_000));
    await say("quiet", "q".repeat(25_000), "r".repeat(31_000));
    await say("quiet", "end");
    const application = await start();
    await application.idle();
    expect(await echoes()).toEqual([...small.map(() => 1_000), 55_000, 0, 0]);
    const dead = await buried();
    expect(dead).toMatchObject([
      { operator: "repeat", code: "RECORD_TOO_LARGE", cut: true },
      { operator: "repeat", code: "RECORD_TOO_LARGE", cut: true },
    ]);
    expect(dead[0]!.message).toMatch(/^operator repeat: the record of key loud for echoed-.+ at most 59\d{3} fit/);
    expect(dead[1]!.message).toMatch(/^operator repeat, store heard: the value of key quiet .+ at most 29\d{3} fit/);
    await close(application);
  });

  test("a topic that takes less from now on: what the broker refuses is undone alone, after joining once more", async () => {
    const { topics, start, say, echoes, buried, close } = await opened();
    const application = await start();
    await say("loud", "a".repeat(100_000));
    await application.idle();
    await limit(topics.echoed, 50_000);
    await limit(topics.changelog, 50_000);
    await say("loud", "b", "c".repeat(100_000), "d");
    await say("quiet", "e", "f".repeat(100_000), "g");
    await eventually(async () => expect(await echoes()).toEqual([100_000, 1, 1, 0, 0]), { timeout: 20_000 });
    expect((await buried()).map(({ code, offset, cut }) => [code, offset, cut])).toEqual([
      ["RECORD_TOO_LARGE", expect.any(Number), false],
      ["RECORD_TOO_LARGE", expect.any(Number), false],
    ]);
    await limit(topics.echoed, 200_000);
    await say("loud", "h");
    await eventually(async () => expect(await echoes()).toHaveLength(6), { timeout: 20_000 });
    await close(application);
  });
});
