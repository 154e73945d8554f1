import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { decide } from "../../operators/index.ts";
import {
  blueprints,
  deadLetters,
  decisionReplies,
  decisions,
  scored,
  type DecisionRequested,
} from "../../schemas/index.ts";
import {
  createTestDriver,
  defineTopology,
  replyHeaders,
  SOURCE_HEADER,
  type Headers,
  type TestDriver,
} from "../../streams/index.ts";
import { PARCELS, parcels, published, request, START } from "./parcels.ts";

const topology = defineTopology({ name: "t", operators: [decide("salt")], globals: [blueprintTable] });
const CHOICES = PARCELS.replace("decisionSpace: boolean", "decisionSpace: { actions: [mail, call, visit] }").replace(
  "decide: risk > 0.5",
  'decide: if(risk > 0.5, "call", "mail")',
);
const NUMBER = PARCELS.replace("decisionSpace: boolean", "decisionSpace: number").replace(
  "decide: risk > 0.5",
  "decide: risk",
);
const feed = { [SOURCE_HEADER]: Buffer.from("import-parcels") };

let driver: TestDriver;
beforeEach(async () => {
  driver = await createTestDriver(topology, { deadLetters, partitions: 1, start: START });
  await driver.input(blueprints).send(published(), published(CHOICES), published(NUMBER));
});
afterEach(() => driver.close());

type Action = NonNullable<DecisionRequested["logged"]>;
type Logged = (Omit<Action, "distribution" | "positions"> & Partial<Action>) | null;

async function decided(id: string, logged: Logged, text = PARCELS, headers: Headers = feed): Promise<void> {
  const enriched = {
    request: request(id, { weight: 20 }, { logged: logged && { distribution: [], positions: [], ...logged } }),
    blueprintVersion: parseBlueprint(text).version,
    features: [20, "air", null, null, null, null],
    error: null,
    misfits: null,
    options: [],
  };
  const value = { enriched, modelId: "m1", predictions: { late: 0.75 }, options: [] };
  await driver.input(scored).send({ key: id, value, time: START, headers });
}

describe("the action that a feed of history brings", () => {
  test.each([
    [PARCELS, { value: false, propensity: 0.2 }, [0.2, 0.8]],
    [PARCELS, { value: true, propensity: null }, []],
    [CHOICES, { value: "visit", propensity: 0.25 }, []],
    [CHOICES, { value: "visit", propensity: 1 }, [0, 0, 1]],
    [NUMBER, { value: 12.5, propensity: 0.5 }, []],
  ] as const)(
    "is recorded with its propensity instead of the policy's, with what it says of the others: %#",
    async (text, logged, distribution) => {
      await decided("d", logged, text);
      expect(
        driver
          .output(decisions)
          .readAll()
          .map(({ value }) => value),
      ).toMatchObject([
        {
          ...logged,
          distribution,
          mode: "loggingOnly",
          reason: "logged",
          modelId: "m1",
          predictions: { late: 0.75 },
          options: [],
        },
      ]);
      expect(driver.deadLetters()).toEqual([]);
    },
  );

  test.each([
    [PARCELS, { value: "true", propensity: 1 }, 'the action "true" is not true or false'],
    [PARCELS, { value: 1, propensity: 1 }, "the action 1 is not true or false"],
    [CHOICES, { value: "fax", propensity: 1 }, 'the action "fax" is not one of "mail", "call", "visit"'],
    [NUMBER, { value: Infinity, propensity: 1 }, "is not a finite number"],
    [PARCELS, { value: true, propensity: 0 }, "the propensity 0 is not above 0 and at most 1"],
    [
      PARCELS,
      { value: true, propensity: 1e-320 },
      "the propensity 1e-320 is below 1e-12, the least that estimates can weigh by",
    ],
    [PARCELS, { value: true, propensity: 1.01 }, "the propensity 1.01 is not above 0 and at most 1"],
    [PARCELS, { value: true, propensity: NaN }, "the propensity NaN is not above 0 and at most 1"],
  ] as const)("that can't have been taken makes a dead letter and no record: %#", async (text, logged, message) => {
    await decided("d", logged, text);
    expect(driver.output(decisions).readAll()).toEqual([]);
    expect(driver.deadLetters()).toMatchObject([{ code: "BAD_ACTION", message: expect.stringContaining(message) }]);
  });

  test("is the known answer when the decision is asked for again", async () => {
    await decided("d", { value: false, propensity: 0.2 });
    const asking = replyHeaders(decisionReplies.name, 0, Buffer.from("d"));
    await decided("d", null, PARCELS, asking);
    expect(driver.output(decisions).readAll()).toHaveLength(1);
    expect(
      driver
        .output(decisionReplies)
        .readAll()
        .map(({ value }) => value),
    ).toMatchObject([{ value: false, reason: "logged", propensity: 0.2 }]);
  });
});

describe("the distribution that it brings", () => {
  test.each([
    [CHOICES, { value: "visit", propensity: 0.25, distribution: [0.5, 0.25, 0.25] }, 0.25],
    [CHOICES, { value: "mail", propensity: null, distribution: [0.5, 0.5, 0] }, 0.5],
    // As other systems write numbers of 32 bits.
    [CHOICES, { value: "visit", propensity: 0.05, distribution: [0.85, 0.1, 0.05000000074505806] }, 0.05],
    [PARCELS, { value: true, propensity: 0.7, distribution: [0.30000001, 0.7] }, 0.7],
  ] as const)("is recorded as it is, in the order of the actions: %#", async (text, logged, propensity) => {
    await decided("d", logged, text);
    expect(driver.output(decisions).read()?.value).toMatchObject({ ...logged, propensity, reason: "logged" });
    expect(driver.deadLetters()).toEqual([]);
  });

  test.each([
    [CHOICES, { value: "visit", propensity: 0.5, distribution: [0.5, 0.5] }, "has 2 probabilities, of 3 actions"],
    [CHOICES, { value: "visit", propensity: 0.5, distribution: [0.5, 0.1, 0.5] }, "sums to 1.1, and not to 1"],
    [CHOICES, { value: "visit", propensity: 0.5, distribution: [1, -0.5, 0.5] }, "has -0.5, which is no probability"],
    [CHOICES, { value: "visit", propensity: 0.5, distribution: [NaN, 0.5, 0.5] }, "has NaN, which is no probability"],
    [
      CHOICES,
      { value: "visit", propensity: null, distribution: [0.5, 0.5, 0] },
      'no probability of the action "visit"',
    ],
    [
      CHOICES,
      { value: "visit", propensity: 0.5, distribution: [0.5, 0.25, 0.25] },
      "the propensity is 0.5, and the distribution has 0.25 for the action",
    ],
    [
      CHOICES,
      { value: "visit", propensity: null, distribution: [0.5, 0.5, 1e-300] },
      "the propensity 1e-300 is below 1e-12",
    ],
    [NUMBER, { value: 2, propensity: 1, distribution: [1] }, "numbers have no distribution"],
  ] as const)("makes a dead letter and no record where it can't have been: %#", async (text, logged, message) => {
    await decided("d", logged, text);
    expect(driver.output(decisions).readAll()).toEqual([]);
    expect(driver.deadLetters()).toMatchObject([{ code: "BAD_ACTION", message: expect.stringContaining(message) }]);
  });
});

test("a live request that brings an action is decided by the policy, and is a dead letter that says why", async () => {
  await decided("d", { value: false, propensity: 1 }, PARCELS, {});
  expect(
    driver
      .output(decisions)
      .readAll()
      .map(({ value }) => value),
  ).toMatchObject([{ value: true, propensity: 1, reason: "exploit", mode: "online" }]);
  expect(driver.deadLetters()).toMatchObject([
    { code: "BAD_ACTION", message: expect.stringContaining("only a feed of history may bring one") },
  ]);
});

test("a request of history without an action is decided by the policy", async () => {
  await decided("d", null);
  expect(
    driver
      .output(decisions)
      .readAll()
      .map(({ value }) => value),
  ).toMatchObject([{ value: true, reason: "exploit" }]);
  expect(driver.deadLetters()).toEqual([]);
  expect(parcels.decisionSpace).toEqual({ kind: "boolean" });
});
