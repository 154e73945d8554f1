/**
 * The runtime without decisions: words counted by the minute of event time. Two operators meet in a topic that is keyed
 * anew, so that one task sees all occurrences of a word. Run it with `node examples/plain-topology.ts`; plain-topology.out
 * is what it prints.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clock, deadLetters } from "../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createLevelEngine,
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  Publisher,
  readTopic,
  Serdes,
} from "../streams/index.ts";

const MINUTE = 60_000;
const minuteOf = (time: number): number => Math.floor(time / MINUTE) * MINUTE;

const lines = defineTopic<{ text: string }>({
  name: "lines",
  schema: { type: "record", name: "Line", fields: [{ name: "text", type: "string" }] },
});
const words = defineTopic<{ word: string }>({
  name: "words",
  schema: { type: "record", name: "Word", fields: [{ name: "word", type: "string" }] },
});
const counts = defineTopic<{ minute: number; count: number }>({
  name: "word-counts",
  schema: {
    type: "record",
    name: "WordCount",
    fields: [
      { name: "minute", type: "long" },
      { name: "count", type: "int" },
    ],
  },
});

const split = defineOperator({
  name: "split",
  in: { lines },
  out: { words },
  state: {},
  globals: {},
  handlers: {
    lines(records, context) {
      for (const { value, time } of records) {
        for (const word of value.text.toLowerCase().match(/\p{L}+/gu) ?? []) {
          context.emit("words", { key: word, value: { word }, time });
        }
      }
    },
  },
});

const count = defineOperator({
  name: "count",
  in: { words },
  out: { counts },
  state: { minutes: jsonStore<number>() },
  globals: {},
  reads: { words: ({ key, time }) => [["minutes", `${key}/${minuteOf(time)}`]] },
  handlers: {
    words(records, context) {
      for (const { key, time } of records) {
        const minute = minuteOf(time);
        const id = `${key}/${minute}`;
        context.state.minutes.put(id, (context.state.minutes.get(id) ?? 0) + 1);
        context.schedule(minute + MINUTE, id);
      }
    },
  },
  onTimer({ key: id, time }, context) {
    const [word, minute] = id.split("/") as [string, string];
    const value = { minute: Number(minute), count: context.state.minutes.get(id)! };
    context.emit("counts", { key: word, value, time });
    context.state.minutes.delete(id);
  },
});

const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const backbone = await createEmbeddedBackbone({ dir });
const serdes = new Serdes(backbone.registry);
const application = new Application({
  id: "word-counts",
  topology: defineTopology({ name: "word-counts", operators: [split, count], clock }),
  backbone,
  serdes,
  engine: createLevelEngine(join(dir, "state")),
  deadLetters,
  partitions: 3,
  delivery: "exactlyOnce",
  commitIntervalMs: 0,
  maxTaskIdleMs: Number.POSITIVE_INFINITY,
});
await application.start();

const start = Date.UTC(2026, 0, 1);
const said: readonly (readonly [seconds: number, text: string])[] = [
  [1, "The rose is a rose"],
  [59, "is a rose"],
  [60, "The rose is red"],
];
const publisher = await Publisher.open(backbone, serdes, 3);
await publisher.publish(
  said.map(([seconds, line], at) => ({
    topic: lines,
    key: `line-${at}`,
    value: { text: line },
    time: start + seconds * 1_000,
  })),
);
const end = start + 2 * MINUTE;
await application.idle();
await publisher.publish([{ topic: clock, key: "clock", value: { time: end }, time: end }]);
await application.close({ drain: true });

const found: string[] = [];
for await (const { key, value } of readTopic(backbone, serdes, counts)) {
  found.push(`${new Date(value.minute).toISOString().slice(11, 16)}  ${key} ${value.count}`);
}
console.log(found.sort().join("\n"));

await publisher.close();
await backbone.close();
await rm(dir, { recursive: true });
