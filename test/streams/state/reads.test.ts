import { beforeEach, expect, test } from "vitest";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";
import { Serdes } from "../../../streams/serde/serdes.ts";
import type { StateDatabase } from "../../../streams/state/engine.ts";
import { createMemoryEngine } from "../../../streams/state/memory-engine.ts";
import { TaskState } from "../../../streams/state/task-state.ts";
import type { Queued } from "../../../streams/task/input.ts";
import { unbounded } from "../../../streams/task/arrival.ts";
import { OperatorChain } from "../../../streams/task/operator-chain.ts";
import { Timelines } from "../../../streams/task/timelines.ts";
import { defineOperator, jsonStore, type Operator } from "../../../streams/operator.ts";
import type { DeadLetterValue } from "../../../streams/task/dead-letter.ts";
import { defineTopic, type Topic } from "../../../streams/topic.ts";
import { defineTopology } from "../../../streams/topology/topology.ts";
import { deadLetters } from "../../../schemas/index.ts";

interface Visit {
  readonly place: string;
}
const visits = defineTopic<Visit>({
  name: "visits",
  schema: { type: "record", name: "Visit", fields: [{ name: "place", type: "string" }] },
});
const state = { places: jsonStore<number>(), people: jsonStore<number>() };
type Counting = Operator<{ visits: Topic<Visit> }, Record<string, never>, typeof state>;

/** Counts visits by place; `reads` as given. */
const counting = (reads?: Counting["reads"], onTimer?: Counting["onTimer"]): Counting =>
  defineOperator({
    name: "counting",
    in: { visits },
    out: {},
    state,
    globals: {},
    ...(reads === undefined ? {} : { reads }),
    ...(onTimer === undefined ? {} : { onTimer }),
    handlers: {
      visits(records, context) {
        for (const { key, value } of records) {
          const store = context.state[reads === undefined ? "people" : "places"];
          const name = reads === undefined ? key : value.place;
          store.put(name, (store.get(name) ?? 0) + 1);
          if (value.place === "nowhere") throw new Error("there is no such place");
        }
      },
    },
  });
const byPlace: Counting["reads"] = { visits: ({ value }) => [["places", value.place]] };

let database: StateDatabase;
let asked: string[][];
beforeEach(async () => {
  database = await createMemoryEngine().open("task");
  asked = [];
});

/** The same database as engines have it that can only read in the background. */
function inBackground(): StateDatabase {
  return {
    getMany(keys) {
      asked.push([...keys]);
      return database.getMany(keys);
    },
    write: (changes) => database.write(changes),
    range: (from, to, limit) => database.range(from, to, limit),
    deleteRange: (from, to) => database.deleteRange(from, to),
    close: () => database.close(),
  };
}

async function open(operator: Counting, over: StateDatabase) {
  const topology = defineTopology({ name: "t", operators: [operator] });
  const taskState = await TaskState.open(over);
  asked = [];
  const serdes = new Serdes(createMemoryRegistry());
  await serdes.open(deadLetters);
  const lines = new Timelines(taskState, unbounded);
  const chain = new OperatorChain(
    topology,
    topology.subTopologies[0]!,
    0,
    taskState,
    {
      serdes,
      deadLetters: deadLetters as Topic<DeadLetterValue>,
      globals: {},
      open: () => Promise.resolve(),
      onHandled: () => undefined,
      arrival: () => unbounded,
    },
    lines,
  );
  return {
    chain,
    lines,
    state: taskState,
    visit: (...list: readonly (readonly [who: string, place: string])[]) =>
      chain.handle(
        visits,
        list.map(([key, place], offset): Queued => {
          const raw = { offset, timestamp: offset, key: Buffer.from(key), value: Buffer.from(place), headers: {} };
          const origin = { topic: "visits", partition: 0, offset };
          return {
            key,
            value: { place },
            time: offset,
            headers: {},
            origin,
            raw,
            fetchedAt: 0,
            moves: offset,
            line: lines.general,
          };
        }),
      ),
    buried: () => {
      chain.outputs.take();
      return chain.outputs.takenLetters.map(({ code }) => code);
    },
    flush: () => taskState.flush({ positions: {}, streamTime: 0, changelogOffset: 0 }),
  };
}

const stored = async (store: string, key: string): Promise<string> =>
  Buffer.from((await database.getMany([`counting.${store}\0${key}`]))[0] ?? []).toString();

test("what a batch reads is loaded at once before its handler, each key one time, and not what was written since the flush", async () => {
  const task = await open(counting(byPlace), inBackground());
  await task.visit(["anna", "rome"], ["ben", "oslo"], ["cleo", "rome"]);
  expect(asked).toEqual([["counting.places\0rome", "counting.places\0oslo"]]);
  await task.visit(["anna", "rome"], ["anna", "bern"]);
  expect(asked.slice(1)).toEqual([["counting.places\0bern"]]);
  await task.flush();
  await task.visit(["anna", "rome"]);
  expect(asked.slice(2)).toEqual([["counting.places\0rome"]]);
  await task.flush();
  expect([await stored("places", "rome"), await stored("places", "oslo")]).toEqual(["4", "1"]);
});

test("a key that is read and not named stops the task with the operator, the store and the key", async () => {
  const task = await open(counting({ visits: () => [["places", "rome"]] }), inBackground());
  await expect(task.visit(["anna", "oslo"])).rejects.toMatchObject({
    code: "STATE_NOT_LOADED",
    message: expect.stringContaining("operator counting: key oslo of store places") as string,
    flags: { fatal: true },
  });
  expect(task.buried()).toEqual([]);
});

test("an operator that names nothing has the records' own keys of every store", async () => {
  const task = await open(counting(), inBackground());
  await task.visit(["anna", "rome"]);
  expect(asked).toEqual([["counting.places\0anna", "counting.people\0anna"]]);
  await task.flush();
  expect(await stored("people", "anna")).toBe("1");
});

test("a timer has its own key of every store", async () => {
  const left: (number | undefined)[] = [];
  const task = await open(
    counting(
      byPlace,
      ({ key }, context) => void left.push(context.state.places.get(key), context.state.people.get(key)),
    ),
    inBackground(),
  );
  await task.visit(["anna", "rome"], ["ben", "rome"]);
  await task.flush();
  asked = [];
  await task.chain.fire(
    [
      { operator: "counting", time: 5, key: "rome", line: "" },
      { operator: "counting", time: 6, key: "oslo", line: "" },
    ],
    task.lines.general,
  );
  expect(left).toEqual([2, undefined, undefined, undefined]);
  expect(asked).toHaveLength(1);
});

test("the parts of a batch that failed are loaded anew, one by one, and only the bad one is lost", async () => {
  const task = await open(counting(byPlace), inBackground());
  await task.visit(["anna", "rome"], ["ben", "nowhere"], ["cleo", "rome"]);
  await task.flush();
  expect(task.buried()).toEqual(["HANDLER_FAILED"]);
  expect([await stored("places", "rome"), await stored("places", "nowhere")]).toEqual(["2", ""]);
});

test("an engine that can be asked within a handler is asked there: nothing is loaded", async () => {
  const never = { visits: () => Promise.reject(new Error("asked")) as never };
  const task = await open(counting(never), { ...inBackground(), get: (key) => database.get!(key) });
  await task.visit(["anna", "rome"]);
  await task.flush();
  expect(asked).toEqual([]);
  expect(await stored("places", "rome")).toBe("1");
});

/** Counts a visit, and adds what is known of other places, which only the handler knows. */
const adding = (others: readonly string[]): Counting =>
  defineOperator({
    name: "counting",
    in: { visits },
    out: {},
    state,
    globals: {},
    reads: { visits: ({ value }) => [["places", value.place]] },
    timerReads: ({ key }) => [["people", `of ${key}`]],
    handlers: {
      async visits(records, context) {
        const loading = context.load(others.map((place) => ["places", place] as const));
        if (loading !== undefined) await loading;
        for (const { value } of records) {
          const known = [value.place, ...others].reduce(
            (sum, place) => sum + (context.state.places.get(place) ?? 0),
            0,
          );
          context.state.places.put(value.place, known + 1);
          context.schedule(10, value.place);
        }
      },
    },
    async onTimer({ key }, context) {
      const of = context.state.people.get(`of ${key}`) ?? 0;
      const loading = context.load([["places", key]]);
      if (loading !== undefined) await loading;
      context.state.people.put(`of ${key}`, of + context.state.places.get(key)!);
    },
  });

test.each([
  ["must load", 2, inBackground],
  [
    "reads within a handler, of many keys",
    100,
    () => ({ ...inBackground(), get: (key: string) => database.get!(key) }),
  ],
])("a handler and a timer load what can't be named before, on an engine that %s", async (_, count, open_) => {
  const others = Array.from({ length: count }, (_, n) => `place-${n}`);
  await database.write(others.map((place) => [`counting.places\0${place}`, Buffer.from("2")] as const));
  const task = await open(adding(others), open_());
  await task.visit(["anna", "rome"]);
  expect(asked.flat()).toContain(`counting.places\0place-${count - 1}`);
  await task.state.prepareTimers(10);
  await task.chain.fire(task.state.takeTimers(10), task.lines.general);
  await task.flush();
  expect(await stored("places", "rome")).toBe(String(2 * count + 1));
  expect(await stored("people", "of rome")).toBe(String(2 * count + 1));
  expect(task.buried()).toEqual([]);
});

test("few keys are read one by one where the engine can", async () => {
  const task = await open(adding(["oslo"]), { ...inBackground(), get: (key) => database.get!(key) });
  await task.visit(["anna", "rome"]);
  expect(asked).toEqual([]);
});
