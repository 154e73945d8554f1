import { afterEach, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import {
  blueprints,
  decisionReplies,
  decisionRequests,
  decisions,
  deadLetters,
  events,
  joined,
  liveDecisions,
  models,
  observations,
} from "../../schemas/index.ts";
import { createTestDriver, replyHeaders, type TestDriver } from "../../streams/index.ts";
import { decisionTopology, type Scope } from "../../topologies/index.ts";
import {
  decision,
  HOUR,
  inProduction,
  PARCELS,
  parcels,
  published,
  request,
  scorers,
  START,
} from "../operators/parcels.ts";

const DAY = 24 * HOUR;
/** Looks at another window than the live version. */
const OTHER = PARCELS.replace(
  "features:\n",
  "features:\n  - n_depot_2h: { count: true, of: scan, by: depot, in: 2h }\n",
);
const other = parseBlueprint(OTHER);

let driver: TestDriver;
afterEach(() => driver.close());

async function open(scope: Partial<Scope>, livePatienceMs = 0): Promise<void> {
  const topology = decisionTopology({
    name: "t",
    scorers,
    salt: "s",
    scope: { useCase: "parcels", from: START, to: START + DAY, ...scope },
    memoryEdges: [],
    livePatienceMs,
  });
  driver = await createTestDriver(topology, { deadLetters, start: START - DAY });
  await driver.input(blueprints).send(published(), { ...published(OTHER, START + 400 * DAY) });
  await driver.input(models).send(inProduction("m1", START - DAY));
}
const ask = (id: string, time: number, useCase = "parcels") => ({
  key: "anna",
  value: request(id, { weight: 20, depot: "north" }, { useCase }),
  time,
  headers: replyHeaders(decisionReplies.name, 0, Buffer.from(id)),
});

test("only decisions of the scope are made again, and nobody is answered", async () => {
  await open({});
  await driver
    .input(decisionRequests)
    .send(
      ask("before", START - 1),
      ask("first", START),
      ask("foreign", START + 1, "letters"),
      ask("after", START + DAY),
    );
  expect(
    driver
      .output(decisions)
      .readAll()
      .map(({ key }) => key),
  ).toEqual(["first"]);
  expect(driver.output(decisionReplies).readAll()).toEqual([]);
  expect(driver.deadLetters()).toEqual([]);
});

test("observations of decisions outside the scope are passed over in silence", async () => {
  await open({});
  const value = {
    decisionId: "x",
    useCase: "",
    observationId: "",
    optionId: "",
    activation: false,
    values: { kind: "arrival", delay: 1 },
  };
  await driver.input(observations).send({ key: "x", value, time: START });
  await driver.advanceTo(START + 30 * DAY);
  expect(driver.deadLetters()).toEqual([]);
});

test("another version gives its features, and the live record what was done", async () => {
  await open({ blueprintVersion: other.version });
  const scan = { kind: "scan", attributes: { depot: "north", minutes: 4 } };
  await driver.input(events).send({ key: "north", value: scan, time: START - 90 * 60_000 });
  const live = decision("d", START, { value: false, propensity: 0.25, reason: "explore", modelId: "m7" });
  await driver.input(liveDecisions).send({ key: "d", value: live, time: START });
  await driver.input(decisionRequests).send(ask("d", START), ask("never decided", START + 1));
  await driver.advanceTo(START + 2 * HOUR + 1);
  const [first, second] = driver.output(joined).readAll();
  expect(first!.value.decision).toEqual({
    ...live,
    blueprintVersion: other.version,
    features: [1, 20, null, null, null, 0, 4],
    keys: { depot: "north" },
  });
  expect(second!.value.decision).toMatchObject({ blueprintVersion: other.version, value: null, reason: "noModel" });
});

test("the version that was live stands as it is made again", async () => {
  await open({ blueprintVersion: parcels.version });
  const live = decision("d", START, { propensity: 0.25, modelId: "m7" });
  await driver.input(liveDecisions).send({ key: "d", value: live, time: START });
  await driver.input(decisionRequests).send(ask("d", START));
  await driver.advanceTo(START + 2 * HOUR);
  expect(driver.output(joined).readAll()[0]!.value.decision).toMatchObject({ modelId: "m1", propensity: 1 });
});

test("with patience a decision waits for the live one that comes later, and stands as it is where none comes", async () => {
  await open({ blueprintVersion: other.version }, HOUR);
  const made = (): readonly (readonly [string, unknown, number])[] =>
    driver
      .output(joined)
      .readAll()
      .map(({ key, value }) => [key, value.decision.modelId, value.decision.decisionTime] as const);
  await driver.input(decisionRequests).send(ask("late", START), ask("never", START + 1));
  const live = decision("late", START, { value: false, modelId: "m7" });
  await driver.input(liveDecisions).send({ key: "late", value: live, time: START });
  await driver.advanceTo(START + 2 * HOUR);
  expect(made()).toEqual([["late", "m7", START]]);
  await driver.advanceTo(START + 3 * HOUR);
  expect(made()).toEqual([["never", null, START + 1]]);
});
