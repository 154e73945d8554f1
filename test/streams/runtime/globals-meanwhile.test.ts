import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  globalTable,
  Publisher,
  Serdes,
  StreamsError,
  type Backbone,
  type GroupReader,
} from "../../../streams/index.ts";
import { bound } from "../bound-backbone.ts";
import { eventually } from "../../eventually.ts";

const schema = { type: "record", name: "Setting", fields: [{ name: "n", type: "int" }] } as const;
const seen = defineTopic<{ n: number }>({ name: "seen", schema });
const settings = defineTopic<{ n: number }>({ name: "settings", schema, cleanup: "compact", partitions: 1 });
const table = globalTable("settings", settings);

/** The backbone, whose groups fail and whose topics can't be asked about while it is away. */
function leaving(whole: Backbone, fault: { away: boolean; asked: number }): Backbone {
  const gone = (): Promise<never> => Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "made to be away"));
  const asked = (): Promise<never> => {
    fault.asked++;
    return gone();
  };
  return {
    ...bound(whole),
    describe: (topics) => (fault.away ? asked() : whole.describe(topics)),
    ensureTopics: (topics) => (fault.away ? asked() : whole.ensureTopics(topics)),
    async group(options): Promise<GroupReader> {
      const group = await whole.group(options);
      const poll = group.poll.bind(group);
      group.poll = (...args) => (fault.away ? gone() : poll(...args));
      return group;
    },
  };
}

test("while the application can't join again its globals are as they were", async () => {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-globals-"));
  const whole = await createEmbeddedBackbone({ dir });
  const fault = { away: false, asked: 0 };
  const backbone = leaving(whole, fault);
  const serdes = new Serdes(whole.registry);
  const publisher = await Publisher.open(whole, serdes, 1);
  await publisher.publish([{ topic: settings, key: "a", value: { n: 7 }, time: 1 }]);
  const look = defineOperator({
    ...{ name: "look", in: { seen }, out: {}, state: {}, globals: { table } },
    handlers: { seen: () => undefined },
  });
  const application = new Application({
    ...{
      id: "look",
      topology: defineTopology({ name: "look", operators: [look], globals: [table] }),
      backbone,
      serdes,
    },
    ...{ deadLetters, engine: createMemoryEngine(), partitions: 1, delivery: "exactlyOnce" },
    ...{ commitIntervalMs: 0, maxTaskIdleMs: 0 },
  });
  await application.start();
  expect(application.global(table).get("a")).toEqual({ n: 7 });
  fault.away = true;
  // It has left its group and tried to join.
  await eventually(() => expect(fault.asked).toBeGreaterThan(0));
  expect(application.global(table).get("a")).toEqual({ n: 7 });
  fault.away = false;
  await application.idle();
  expect(application.global(table).get("a")).toEqual({ n: 7 });
  await application.close();
  await publisher.close();
  await whole.close();
  rmSync(dir, { recursive: true });
});
