import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  Publisher,
  readTopic,
  Serdes,
  type EmbeddedBackbone,
} from "../../../streams/index.ts";
import { recordedLog } from "../recorded-log.ts";

const schema = { type: "record", name: "Step", fields: [{ name: "n", type: "int" }] } as const;
const asked = defineTopic<{ n: number }>({ name: "asked", schema });
const answered = defineTopic<{ n: number }>({ name: "answered", schema });
const outcomes = defineTopic<{ n: number }>({ name: "outcomes", schema });
const met = defineTopic<{ n: number }>({ name: "met", schema });
const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const COUNT = 2_000;

let dir: string;
let backbone: EmbeddedBackbone;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-upstream-"));
  backbone = await createEmbeddedBackbone({ dir });
});
afterEach(async () => {
  await backbone.close();
  rmSync(dir, { recursive: true });
});

/** Answers; and, in other tasks, brings each outcome together with its answer, in the two hours after it. */
function meeting() {
  const answer = defineOperator({
    name: "answer",
    in: { asked },
    out: { answered },
    state: {},
    globals: {},
    handlers: {
      asked(records, context) {
        for (const from of records)
          context.emit("answered", { key: from.key, value: from.value, time: from.time, from });
      },
    },
  });
  const meet = defineOperator({
    name: "meet",
    in: { answered, outcomes },
    out: { met },
    state: { known: jsonStore<boolean>() },
    globals: {},
    handlers: {
      answered(records, context) {
        for (const { key, time } of records) {
          context.state.known.put(key, true);
          context.schedule(time + 2 * HOUR, key);
        }
      },
      outcomes(records, context) {
        for (const from of records) {
          const n = context.state.known.get(from.key) === true ? from.value.n : -1;
          context.emit("met", { key: from.key, value: { n }, time: from.time, from });
        }
      },
    },
    onTimer({ key }, context) {
      context.state.known.delete(key);
    },
  });
  return defineTopology({ name: "meeting", operators: [answer, meet] });
}

test("a backlog of weeks is worked off as it would have been live: what joins two topics waits for the one that is still being written", async () => {
  const publisher = await Publisher.open(backbone, new Serdes(backbone.registry), 4);
  for (let n = 0; n < COUNT; n++) {
    const time = START + n * HOUR;
    await publisher.publish([
      { topic: asked, key: `k${n}`, value: { n }, time },
      { topic: outcomes, key: `k${n}`, value: { n }, time: time + HOUR },
    ]);
  }
  await publisher.close();
  const { log } = recordedLog();
  const application = new Application({
    ...{ id: "meeting", topology: meeting(), backbone, serdes: new Serdes(backbone.registry), deadLetters, log },
    ...{ engine: createMemoryEngine(), partitions: 4, delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0 },
  });
  await application.start();
  await application.idle();
  const numbers: number[] = [];
  for await (const { value } of readTopic(backbone, new Serdes(backbone.registry), met)) numbers.push(value.n);
  expect(numbers.filter((n) => n < 0)).toEqual([]);
  expect(numbers).toHaveLength(COUNT);
  await application.close();
});
