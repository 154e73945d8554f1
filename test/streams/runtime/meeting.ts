import {
  defineOperator,
  defineTopic,
  defineTopology,
  jsonStore,
  Publisher,
  readTopic,
  Serdes,
  type Backbone,
  type SchemaRegistry,
} from "../../../streams/index.ts";

const schema = { type: "record", name: "Step", fields: [{ name: "n", type: "int" }] } as const;
const asked = defineTopic<{ n: number }>({ name: "asked", schema });
const answered = defineTopic<{ n: number }>({ name: "answered", schema });
const outcomes = defineTopic<{ n: number }>({ name: "outcomes", schema });
export const met = defineTopic<{ n: number }>({ name: "met", schema });
const HOUR = 3_600_000;
const START = Date.UTC(2020, 0, 1);
export const COUNT = 2_000;

/** Answers; and, in other tasks, brings each outcome together with its answer, in the two hours after it. */
export function meeting() {
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

/** A request an hour, for weeks or years, and its outcome an hour later. */
export async function publishBacklog(backbone: Backbone, registry: SchemaRegistry, count = COUNT): Promise<void> {
  const publisher = await Publisher.open(backbone, new Serdes(registry), 4);
  const all = Array.from({ length: count }, (_, n) => {
    const [key, time] = [`k${n}`, START + n * HOUR];
    return [
      { topic: asked, key, value: { n }, time },
      { topic: outcomes, key, value: { n }, time: time + HOUR },
    ];
  });
  await publisher.publish(all.flat());
  await publisher.close();
}

/** What the outcomes met: −1 where no answer was known. */
export async function outcomesMet(backbone: Backbone, registry: SchemaRegistry): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const { value } of readTopic(backbone, new Serdes(registry), met)) numbers.push(value.n);
  return numbers;
}
