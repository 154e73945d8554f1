import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  avroStore,
  createEmbeddedBackbone,
  createLevelEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  Publisher,
  readTopic,
  Serdes,
  type EmbeddedBackbone,
  type StateEngine,
} from "../../../streams/index.ts";

const schema = { type: "record", name: "Seen", fields: [{ name: "n", type: "int" }] } as const;
const seen = defineTopic<{ n: number }>({ name: "seen", schema });
const counts = defineTopic<{ n: number }>({ name: "counts", schema });

/** Counts records of a key; a release with `more` keeps a field that has no default. */
function release(more: readonly object[]) {
  const kept = { type: "record", name: "Kept", fields: [{ name: "n", type: "int" }, ...more] };
  const count = defineOperator({
    name: "count",
    in: { seen },
    out: { counts },
    state: { counted: avroStore(defineTopic<{ n: number; place?: string }>({ name: "kept", schema: kept })) },
    globals: {},
    handlers: {
      seen(records, { state, emit }) {
        for (const from of records) {
          const n = (state.counted.get(from.key)?.n ?? 0) + 1;
          state.counted.put(from.key, { n, place: "here" });
          emit("counts", { key: from.key, value: { n }, time: from.time, from });
        }
      },
    },
  });
  return defineTopology({ name: "kept", operators: [count] });
}
const now = release([]);
const later = release([{ name: "place", type: "string" }]);

let dir: string;
let backbone: EmbeddedBackbone;
let engine: StateEngine;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-unreadable-"));
  backbone = await createEmbeddedBackbone({ dir: join(dir, "log") });
  // State in databases of its own, as on Kafka: one that is left open can't be opened again.
  const { open, destroy } = createLevelEngine(join(dir, "state"));
  engine = { open, destroy };
});
afterEach(async () => {
  await backbone.close();
  rmSync(dir, { recursive: true });
});

const application = (topology: typeof now, onFailure?: (error: unknown) => void): Application =>
  new Application({
    id: "kept",
    topology,
    backbone,
    engine,
    deadLetters,
    serdes: new Serdes(backbone.registry),
    partitions: 1,
    delivery: "exactlyOnce",
    commitIntervalMs: 0,
    maxTaskIdleMs: 0,
    ...(onFailure === undefined ? {} : { onFailure }),
  });

async function counted(): Promise<readonly number[]> {
  const running = application(now);
  await running.start();
  const publisher = await Publisher.open(backbone, running.serdes, 1);
  await publisher.publish([{ topic: seen, key: "a", value: { n: 0 }, time: 1 }]);
  await publisher.close();
  await running.idle();
  await running.close();
  const found: number[] = [];
  for await (const { value } of readTopic(backbone, running.serdes, counts)) found.push(value.n);
  return found;
}

test("a release that can't read the state stops with the reason, and the one before goes on with it in the same process", async () => {
  expect(await counted()).toEqual([1]);
  const failed = Promise.withResolvers<unknown>();
  const running = application(later, failed.resolve);
  await running.start().catch(failed.resolve);
  expect(await failed.promise).toMatchObject({
    code: "STATE_UNREADABLE",
    message: expect.stringContaining("store counted of operator count") as string,
  });
  await running.close();
  expect(await counted()).toEqual([1, 2]);
});
