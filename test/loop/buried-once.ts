import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { blueprints, deadLetters, models, rowsTopicName, type BlueprintPublished } from "../../schemas/index.ts";
import { readTopic, type Backbone, type SchemaRegistry } from "../../streams/index.ts";
import { publishBlueprint, startLoop, type Loop } from "../../loop/index.ts";
import { PARCELS, parcels } from "../operators/parcels.ts";
import { trainModel } from "../../trainer/index.ts";
import { eventually } from "../eventually.ts";

export interface Opened {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
  readonly dir: string;
}

/** What is promised of records that are read at each start and can't be used, on any backbone. */
export function buriedOnceSuite(open: () => Promise<Opened>): void {
  test("what can't be used of tables and rows is a dead letter once, however often the loop starts, with or without its disk", async () => {
    const { backbone, registry, prefix, dir } = await open();
    const read = vi.spyOn(backbone, "reader");
    const searched = (): boolean =>
      read.mock.calls.some(([places]) => places.some(({ topic }) => topic === deadLetters.name));
    const id = `buried${process.pid}${Date.now()}`;
    let runs = 0;
    const start = (stateDir = `state${++runs}`): Promise<Loop> =>
      startLoop({
        id,
        backbone,
        registry,
        subjectPrefix: prefix,
        stateDir: join(dir, stateDir),
        partitions: 1,
        delivery: "exactlyOnce",
        commitIntervalMs: 0,
        maxTaskIdleMs: 0,
        salt: "x",
        codeVersion: "test",
      });
    const garbage = async (topic: string, key: string): Promise<void> => {
      const producer = await backbone.producer();
      const value = Buffer.from(`hello ${key}`);
      await producer.send([{ topic, partition: 0, timestamp: Date.now(), key: Buffer.from(key), value }]);
      await producer.close();
    };
    const rows = rowsTopicName(parcels.useCase);
    let loop = await start();
    const letters = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const { key, value } of readTopic(backbone, loop.serdes, deadLetters)) {
        found.push(`${key} ${value.code}`);
      }
      return found.sort();
    };
    const train = (): Promise<unknown> => trainModel(loop, { useCase: parcels.useCase, until: Date.now() });
    try {
      await publishBlueprint(loop, PARCELS, 0);
      // On Kafka the markers of the transactions it was written in lie before it.
      const { end } = (await backbone.ranges([blueprints.name]))[0]!;
      const expected = [
        `${blueprints.name}/0/${end} NEWER_RELEASE`,
        `${blueprints.name}/0/${end + 1} UNDECODABLE`,
        `${models.name}/0/0 UNDECODABLE`,
        `${rows}/0/0 UNDECODABLE`,
      ].sort();
      await backbone.ensureTopics([{ name: rows, partitions: 1, cleanup: "delete" }]);
      const text = `${PARCELS.replace("useCase: parcels", "useCase: letters")}exploration: { epsilon: 10% }\n`;
      const value: BlueprintPublished = {
        useCase: "letters",
        version: "aaaaaaaaaaaa",
        text,
        activations: [],
        shadowings: [],
        parameters: [],
        modes: [],
      };
      await loop.publisher.publish([{ topic: blueprints, key: "letters/aaaaaaaaaaaa", value, time: Date.now() }]);
      for (const topic of [blueprints.name, models.name, rows]) await garbage(topic, "zzz");
      await train();
      await eventually(async () => expect(await letters()).toEqual(expected), { timeout: 20_000, interval: 200 });
      for (const stateDir of ["state1", "state1", "other"]) {
        await loop.close();
        read.mockClear();
        loop = await start(stateDir);
        // With its disk it knows what it has buried, however many dead letters there are.
        expect(searched()).toBe(stateDir === "other");
        await train();
        await loop.application.idle();
      }
      await garbage(models.name, "more");
      const more = [...expected, `${models.name}/0/1 UNDECODABLE`].sort();
      await eventually(async () => expect(await letters()).toEqual(more), { timeout: 20_000, interval: 200 });
      expect((await loop.application.metrics.deadLetters.get()).values.map((each) => each.value)).toEqual([1]);
    } finally {
      await loop.close();
    }
  });
}
