import { afterEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisions,
  events,
  formerDecisionSchema,
  joined,
  observations,
  type DecisionRecorded,
} from "../../schemas/index.ts";
import {
  avroStore,
  createMemoryEngine,
  createTestDriver,
  defineTopic,
  defineTopology,
  SOURCE_HEADER,
  type StateEngine,
  type TestDriver,
} from "../../streams/index.ts";
import { backgroundEngine } from "../streams/state/background-engine.ts";
import { decision, HOUR, PARCELS, parcels, published, START } from "./parcels.ts";

const TTL = 6 * HOUR;
const ORPHANS = 24 * HOUR;
const LETTERS = PARCELS.replace("useCase: parcels", "useCase: letters");
const topologyOf = (options: Partial<Parameters<typeof join>[0]> = {}) =>
  defineTopology({
    name: "t",
    operators: [join({ orphanMs: ORPHANS, ...options })],
    globals: [blueprintTable],
    clock,
  });

let driver: TestDriver;
afterEach(() => driver.close());

async function open(engine: StateEngine = createMemoryEngine(), topology = topologyOf()): Promise<void> {
  driver = await createTestDriver(topology, { deadLetters, partitions: 2, start: START, engine });
  await driver.input(blueprints).send(published(), published(LETTERS));
}
const made = (id = "d", more: Partial<DecisionRecorded> = {}) => ({
  key: id,
  value: decision(id, START, { keys: { carrier: "air", depot: "north" }, ...more }),
  time: START,
});
const seen = (n: number, values: Record<string, null | boolean | number | string>, more: object = {}) => ({
  key: "d",
  value: {
    decisionId: "d",
    useCase: "parcels",
    observationId: `o${n}`,
    optionId: "",
    activation: false,
    values,
    ...more,
  },
  time: START + n,
});
const fed = { headers: { [SOURCE_HEADER]: Buffer.from("import-parcels") } };
const written = () =>
  driver
    .output(events)
    .readAll()
    .map(({ key, value: { kind, attributes }, time }) => [key, kind, { ...attributes }, time - START]);
const codes = () => driver.deadLetters().map(({ code }) => code);

describe("an observation with a kind", () => {
  test("is an event at its own time, with its values and all keys of its decision", async () => {
    await open();
    await driver.input(decisions).send(made());
    await driver
      .input(observations)
      .send(seen(1, { kind: "scan", minutes: 4 }), seen(2, { kind: "weighed", depot: "south", ok: true }));
    expect(written()).toEqual([
      ["d", "scan", { carrier: "air", depot: "north", unit: "anna", minutes: 4 }, 1],
      ["d", "weighed", { carrier: "air", depot: "south", unit: "anna", ok: true }, 2],
    ]);
  });

  test("is one event, however often it comes", async () => {
    await open();
    await driver.input(decisions).send(made());
    const scan = seen(1, { kind: "scan" });
    await driver.input(observations).send(scan, scan);
    await driver.restart();
    await driver.input(observations).send(scan);
    await driver.input(decisions).send(made());
    await driver.advanceTo(START + 2 * HOUR);
    await driver.input(observations).send(scan);
    expect(written()).toHaveLength(1);
  });

  test("after the wait is an event too, until the decision is closed; then it is a dead letter and none", async () => {
    await open();
    await driver.input(decisions).send(made());
    await driver.input(observations).send(seen(3 * HOUR, { kind: "scan" }));
    expect(written()).toEqual([["d", "scan", { carrier: "air", depot: "north", unit: "anna" }, 3 * HOUR]]);
    await driver.advanceTo(START + TTL);
    await driver.input(observations).send(seen(TTL, { kind: "scan" }));
    expect([written(), codes()]).toEqual([[], ["TOO_LATE"]]);
  });

  test("of two use cases is one event with the keys of both, the first one's where they differ", async () => {
    await open();
    const { version } = parseBlueprint(LETTERS);
    const letters = { useCase: "letters", blueprintVersion: version, keys: { carrier: "road", box: "7" } };
    await driver.input(decisions).send(made(), made("d", letters));
    await driver.input(observations).send(seen(1, { kind: "scan" }, { useCase: "" }));
    expect(written()).toEqual([["d", "scan", { carrier: "air", depot: "north", box: "7", unit: "anna" }, 1]]);
  });

  test("whose event would be over a limit is taken, and a dead letter says that it is no event", async () => {
    await open();
    await driver.input(decisions).send(made("d", { keys: { depot: "x".repeat(60_000) } }));
    const note = "n".repeat(240_000);
    await driver.input(observations).send(seen(1, { kind: "arrival", delay: 12, note, more: note }));
    expect(written()).toEqual([]);
    expect(driver.deadLetters()).toMatchObject([
      { code: "OVER_LIMIT", offset: 0, message: expect.stringContaining("it is no event with the keys of decision d") },
    ]);
    await driver.advanceTo(START + 2 * HOUR);
    expect(driver.output(joined).read()?.value.label).toBe(1);
  });
});

describe("no event is", () => {
  test("an observation without a kind", async () => {
    await open();
    await driver.input(decisions).send(made());
    const values = [{ delay: 1 }, { kind: "" }, { kind: null }, { kind: Number.NaN }];
    await driver.input(observations).send(...values.map((each, n) => seen(n, each)));
    expect([written(), codes()]).toEqual([[], []]);
  });

  test("one of a decision that did not keep its keys", async () => {
    await open();
    await driver.input(observations).send(seen(1, { kind: "scan" }));
    await driver.input(decisions).send(made("d", { keys: null }));
    await driver.input(observations).send(seen(2, { kind: "scan" }));
    expect([written(), codes()]).toEqual([[], []]);
  });

  test("one whose decision never came", async () => {
    await open();
    await driver.input(observations).send(seen(1, { kind: "scan" }));
    await driver.advanceTo(START + 2 * ORPHANS);
    expect([written(), codes()]).toEqual([[], ["TOO_LATE"]]);
  });

  test("one that a feed brings with its event, before its decision or after, and it is buried where it was read", async () => {
    await open();
    await driver.input(observations).send({ ...seen(1, { kind: "scan" }), ...fed });
    await driver.restart();
    await driver.input(decisions).send({ ...made(), ...fed });
    await driver.input(observations).send({ ...seen(2, { kind: "scan" }), ...fed });
    expect(written()).toEqual([]);
    await driver
      .input(observations)
      .send(seen(3, { kind: "scan" }), { ...seen(4, { kind: "scan" }, { decisionId: "e" }), ...fed, key: "e" });
    expect(written()).toHaveLength(1);
    await driver.advanceTo(START + 2 * ORPHANS);
    expect(driver.deadLetters()).toMatchObject([{ code: "TOO_LATE", topic: observations.name, partition: 0 }]);
  });

  test("one where decisions are made again: its event is there already", async () => {
    await open(createMemoryEngine(), topologyOf({ events: false }));
    await driver.input(observations).send(seen(1, { kind: "scan" }));
    await driver.input(decisions).send(made());
    await driver.input(observations).send(seen(2, { kind: "scan" }));
    expect(written()).toEqual([]);
  });
});

test.each([
  ["an engine that reads within handlers", createMemoryEngine],
  ["an engine that must load", backgroundEngine],
])("with %s, observations that come before their decision are events when it comes, each once", async (_, engine) => {
  await open(engine());
  const count = 20;
  const kinds = Array.from({ length: count }, (__, n) => (n % 5 === 4 ? "" : "scan"));
  await driver
    .input(observations)
    .send(...kinds.map((kind, n) => seen(n, { kind, n }, { useCase: n % 2 ? "" : "parcels" })));
  expect(written()).toEqual([]);
  await driver.restart();
  await driver.input(decisions).send(made());
  const of = written();
  expect(of.map(([, , , time]) => time)).toEqual(kinds.flatMap((kind, n) => (kind === "" ? [] : [n])));
  expect(of[0]).toEqual(["d", "scan", { carrier: "air", depot: "north", unit: "anna", n: 0 }, 0]);
  await driver.restart();
  await driver
    .input(decisions)
    .send(made(), made("d", { useCase: "letters", blueprintVersion: parseBlueprint(LETTERS).version }));
  expect([written(), codes()]).toEqual([[], []]);
});

test("decisions that were kept before they kept their keys go on to their rows, and their observations are no events", async () => {
  const engine = createMemoryEngine();
  await open(engine);
  await driver.input(decisions).send(made());
  await driver.close();
  const { keys: _, ...before } = decision("d", START);
  const former = avroStore(
    defineTopic({
      name: "former",
      schema: {
        type: "record",
        name: "Decided",
        fields: [
          {
            name: "made",
            type: {
              type: "array",
              items: {
                type: "record",
                name: "Made",
                fields: [
                  { name: "decision", type: formerDecisionSchema },
                  { name: "partition", type: "int" },
                  { name: "offset", type: "long" },
                ],
              },
            },
          },
        ],
      },
    }),
  );
  for (const partition of [0, 1]) {
    const database = await engine.open(`join-${partition}`);
    for (const [key] of await database.range("join.decided", "join.decidee"))
      await database.write([[key, former.encode({ made: [{ decision: before, partition: 1, offset: 7 }] })]]);
    await database.close();
  }
  await open(engine);
  await driver.input(observations).send(seen(1, { kind: "arrival", delay: 12 }));
  await driver.advanceTo(START + 2 * HOUR);
  expect(driver.output(joined).readAll()).toMatchObject([
    { value: { label: 1, decision: { blueprintVersion: parcels.version, keys: null } } },
  ]);
  expect([written(), codes()]).toEqual([[], []]);
});
