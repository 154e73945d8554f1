import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { restate } from "../../operators/index.ts";
import { restated } from "../../operators/restate/logic.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisions,
  liveDecisions,
  restatedDecisions,
  type DecisionRecorded,
} from "../../schemas/index.ts";
import { createTestDriver, defineTopology, type TestDriver } from "../../streams/index.ts";
import { decision, HOUR, PARCELS, parcels, published, START } from "./parcels.ts";

const NEWER = PARCELS.replace("risk > 0.5", "risk > 0.4");
const newer = parseBlueprint(NEWER).version;
/** As it was made live, and as the newer version makes it again. */
const live = decision("d", START + 1);
const again = decision("d", START + 1, {
  blueprintVersion: newer,
  modelId: null,
  features: [20, "air", 9, 9.5, 9, 1],
  predictions: {},
  value: null,
  propensity: null,
  distribution: [],
  mode: "loggingOnly",
  reason: "noModel",
  keys: { carrier: "air", depot: "north" },
});

describe("a decision made again by another version", () => {
  test("has the features and keys that version saw, and otherwise what was really done", () => {
    expect(restated(again, live)).toEqual({
      ...live,
      blueprintVersion: newer,
      features: again.features,
      keys: again.keys,
    });
  });

  test("stands as it is where nobody decided live, or the same version did", () => {
    expect(restated(again, undefined)).toBe(again);
    const same = { ...again, blueprintVersion: live.blueprintVersion };
    expect(restated(same, live)).toBe(same);
  });
});

describe("the operator", () => {
  const topology = defineTopology({
    name: "t",
    operators: [restate({ useCase: parcels.useCase, from: START, to: START + 24 * HOUR, blueprintVersion: newer })],
    globals: [blueprintTable],
    clock,
  });
  let driver: TestDriver;
  beforeEach(async () => {
    driver = await createTestDriver(topology, { deadLetters, start: START });
    await driver.input(blueprints).send(published());
  });
  afterEach(() => driver.close());
  const record = (value: DecisionRecorded, time = value.decisionTime) => ({ key: value.decisionId, value, time });
  const made = (): readonly DecisionRecorded[] =>
    driver
      .output(restatedDecisions)
      .readAll()
      .map(({ value }) => value);

  test("matches the live decision of the same id, and forgets it", async () => {
    await driver.input(liveDecisions).send(record(live));
    await driver.input(decisions).send(record(again));
    await driver.input(decisions).send(record(again));
    const [first, second] = made();
    expect(first).toMatchObject({
      blueprintVersion: newer,
      modelId: "m1",
      value: true,
      propensity: 1,
      reason: "exploit",
    });
    expect(first!.features).toEqual(again.features);
    expect(second).toMatchObject({ modelId: null, reason: "noModel" });
  });

  test("leaves live decisions of other use cases, and of other ids", async () => {
    await driver
      .input(liveDecisions)
      .send(record({ ...live, useCase: "letters" }), record({ ...live, decisionId: "e" }));
    await driver.input(decisions).send(record(again));
    expect(made()).toMatchObject([{ modelId: null, reason: "noModel" }]);
  });

  test("forgets a live decision that is not made again once its join is over", async () => {
    await driver.input(liveDecisions).send(record(live));
    await driver.advanceTo(START + parcels.join.ttlMs + HOUR);
    await driver.input(decisions).send(record(again, START + parcels.join.ttlMs + 2 * HOUR));
    expect(made()).toMatchObject([{ modelId: null, reason: "noModel" }]);
  });
});
