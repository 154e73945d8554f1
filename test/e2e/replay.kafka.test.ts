import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { createConfluentRegistry, createKafkaBackbone, createMemoryEngine, prefixed } from "../../streams/index.ts";
import { blueprints, clock } from "../../schemas/index.ts";
import { replay, startLoop } from "../../loop/index.ts";
import { random } from "../blueprints/random.ts";
import { HOUR, published, START } from "../operators/parcels.ts";
import { history, TEXT, wider, WIDER, World } from "../loop/random-history.ts";
import { MemoryBackbone } from "../loop/memory-backbone.ts";
import { temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test(
  "on a real Kafka a replay makes the rows it makes in memory, stopped and gone on with, and those of another version",
  {
    timeout: 180_000,
  },
  async () => {
    const subjectPrefix = `replayed-${process.pid}-`;
    const kafka = await createKafkaBackbone({ brokers: inject("brokers").split(",") });
    const registry = createConfluentRegistry({ url: inject("registry") });
    const backbone = prefixed(kafka, subjectPrefix);
    const common = { backbone, registry, subjectPrefix, partitions: 2, salt: "s", commitIntervalMs: 20 } as const;
    const loop = await startLoop({
      ...common,
      id: "live",
      stateDir: join(dir.path, "live"),
      delivery: "exactlyOnce",
      maxTaskIdleMs: Number.POSITIVE_INFINITY,
      codeVersion: "test",
    });
    try {
      await loop.publisher.publish([
        { topic: blueprints, ...published(TEXT) },
        { topic: blueprints, ...published(WIDER, START + 400 * 24 * HOUR) },
      ]);
      await loop.application.idle();
      const sent = history(random(7), 60);
      await loop.publisher.publish(sent);
      await loop.application.idle();
      await loop.publisher.publish([
        { topic: clock, key: "clock", value: { time: START + 100 * HOUR }, time: START + 100 * HOUR },
      ]);
      await loop.application.idle();

      const world = await new World(new MemoryBackbone(), 3).open();
      await world.publish(sent);
      const expected = await world.replay();
      const ofWider = { useCase: "parcels", blueprintVersion: wider };
      const expectedOfWider = await world.replay({ request: ofWider });
      const stop = new AbortController();
      const options = {
        ...common,
        request: { useCase: "parcels" },
        engine: createMemoryEngine(),
        dir: dir.path,
        stepMs: 8 * HOUR,
        latenessMs: HOUR,
      };
      const stopped = await replay({
        ...options,
        onStep: ({ requests }) => requests > 0 && stop.abort(),
        signal: stop.signal,
      });
      expect(stopped).toBeUndefined();
      const again = await replay({ ...options, engine: createMemoryEngine() });
      expect(again).toMatchObject({ decisions: 60, resumed: true, late: 0 });
      const other = await replay({
        ...options,
        engine: createMemoryEngine(),
        request: ofWider,
      });
      expect(again!.rowsSha256).toBe(expected.rowsSha256);
      const { rows, rowsSha256 } = expectedOfWider;
      expect(other).toMatchObject({ decisions: 60, rows, rowsSha256, blueprintVersion: wider });
    } finally {
      await loop.close();
      await kafka.close();
      await registry.close();
    }
  },
);
