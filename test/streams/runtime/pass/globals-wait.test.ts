import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { deadLetters } from "../../../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  globalTable,
  Publisher,
  readTopic,
  Serdes,
  streamsLimits,
  StreamsError,
  type Backbone,
} from "../../../../streams/index.ts";
import { bound } from "../../bound-backbone.ts";

const schema = { type: "record", name: "Setting", fields: [{ name: "n", type: "int" }] } as const;
const asked = defineTopic<{ n: number }>({ name: "asked", schema });
const answered = defineTopic<{ n: number }>({ name: "answered", schema });
const settings = defineTopic<{ n: number }>({ name: "settings", schema, cleanup: "compact", partitions: 1 });
const table = globalTable("settings", settings);

const look = defineOperator({
  ...{ name: "look", in: { asked }, out: { answered }, state: {}, globals: { table } },
  handlers: {
    asked: (records, context) => {
      const value = context.globals.table.get("a") ?? { n: -1 };
      for (const from of records) context.emit("answered", { key: from.key, value, time: from.time, from });
    },
  },
});

/** The backbone, whose topics can't be read past the group while it is away. */
function unread(whole: Backbone, fault: { away: boolean; failed: number }): Backbone {
  const gone = (): Promise<never> => {
    fault.failed++;
    return Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "made to be away"));
  };
  return {
    ...bound(whole),
    async reader(positions, options) {
      if (fault.away) return gone();
      const reader = await whole.reader(positions, options);
      const poll = reader.poll.bind(reader);
      reader.poll = (...args) => (fault.away ? gone() : poll(...args));
      return reader;
    },
  };
}

async function started() {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-globals-wait-"));
  const whole = await createEmbeddedBackbone({ dir });
  const fault = { away: false, failed: 0 };
  const serdes = new Serdes(whole.registry);
  const publisher = await Publisher.open(whole, serdes, 1);
  const application = new Application({
    ...{ id: "look", backbone: unread(whole, fault), serdes },
    topology: defineTopology({ name: "look", operators: [look], globals: [table] }),
    ...{ deadLetters, engine: createMemoryEngine(), partitions: 1, delivery: "exactlyOnce" },
    ...{ commitIntervalMs: 0, maxTaskIdleMs: 0 },
  });
  await application.start();
  const answers = async (): Promise<readonly number[]> => {
    const found: number[] = [];
    for await (const { value } of readTopic(whole, serdes, answered)) found.push(value.n);
    return found;
  };
  const set = (n: number) => publisher.publish([{ topic: settings, key: "a", value: { n }, time: 1 }]);
  const ask = () => publisher.publish([{ topic: asked, key: "q", value: { n: 0 }, time: 1 }]);
  const close = async (): Promise<void> => {
    await application.close();
    await publisher.close();
    await whole.close();
    rmSync(dir, { recursive: true });
  };
  return { fault, application, answers, set, ask, close };
}

/** The globals have been read; they can't be read any more, and something else is written meanwhile. */
async function away() {
  const all = await started();
  const { fault, application, set, ask } = all;
  await set(1);
  await ask();
  await application.idle();
  fault.away = true;
  while (fault.failed < 1) await sleep(10);
  await set(2);
  return all;
}

test("what was written while the globals could not be read counts for what is asked then, and right after", async () => {
  const { fault, application, answers, ask, close } = await away();
  await ask();
  await sleep(200);
  expect(await answers()).toEqual([1]);
  fault.away = false;
  await ask();
  await application.idle();
  expect(await answers()).toEqual([1, 2, 2]);
  await close();
});

test("globals that can't be read for long are waited for no longer: the last state that was read counts", async () => {
  const { fault, application, answers, ask, close } = await away();
  const began = performance.now();
  await ask();
  while ((await answers()).length < 2) await sleep(50);
  expect(performance.now() - began).toBeGreaterThan(streamsLimits.globalsPatienceMs / 2);
  expect(await answers()).toEqual([1, 1]);
  fault.away = false;
  while (application.global(table).get("a")?.n !== 2) await sleep(50);
  await ask();
  await application.idle();
  expect(await answers()).toEqual([1, 1, 2]);
  await close();
});
