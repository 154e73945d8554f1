import { afterEach, beforeEach, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { etl } from "../../operators/index.ts";
import { blueprints, deadLetters, joined, type Joined } from "../../schemas/index.ts";
import { createTestDriver, defineTopology, type TestDriver } from "../../streams/index.ts";
import { decision, HOUR, PARCELS, parcels, published, START } from "./parcels.ts";

const topology = defineTopology({ name: "t", operators: [etl], globals: [blueprintTable] });
const rows = rowsTopic(compileBlueprint(PARCELS));

let driver: TestDriver;
beforeEach(async () => {
  driver = await createTestDriver(topology, { deadLetters, start: START });
  await driver.input(blueprints).send(published());
});
afterEach(() => driver.close());

const labelled = (id: string, more: Partial<Joined> = {}): { key: string; value: Joined; time: number } => {
  const rowTime = START + 2 * HOUR;
  const value: Joined = {
    decision: decision(id, START),
    label: 1,
    labelTime: START + HOUR,
    rowTime,
    maturity: "provisional",
    others: [],
    waiting: [],
    settled: [],
    option: null,
    position: null,
  };
  return { key: id, value: { ...value, ...more }, time: more.rowTime ?? rowTime };
};

test("a labelled decision is a row of real columns, as logged", async () => {
  await driver.input(joined).send(labelled("d"));
  const row = driver.output(rows).read()!;
  expect([row.key, row.time]).toEqual(["d", START + 2 * HOUR]);
  expect({ ...row.value }).toEqual({
    decisionId: "d",
    unit: "anna",
    blueprintVersion: parcels.version,
    modelId: "m1",
    mode: "online",
    reason: "exploit",
    decisionTime: START,
    rowTime: START + 2 * HOUR,
    maturity: "provisional",
    value: true,
    propensity: 1,
    prediction_late: 0.75,
    label: 1,
    labelTime: START + HOUR,
    weight: 20,
    carrier: "air",
    express: 1,
    m_depot_1h: 2.5,
    n_depot_1h: 3,
    last_depot: null,
  });
});

test("a decision without a model has no prediction, a default label no time", async () => {
  const without = decision("d", START, { modelId: null, predictions: {}, value: null, propensity: null });
  await driver.input(joined).send(labelled("d", { decision: without, label: 0, labelTime: null }));
  expect(driver.output(rows).read()?.value).toMatchObject({
    modelId: null,
    prediction_late: null,
    value: null,
    propensity: null,
    label: 0,
    labelTime: null,
  });
});

test("what expired makes no row", async () => {
  await driver.input(joined).send(labelled("a", { label: null, labelTime: null, maturity: "expired" }), labelled("b"));
  expect(
    driver
      .output(rows)
      .readAll()
      .map(({ key }) => key),
  ).toEqual(["b"]);
});

test("a correction is another row of the same decision, the last one", async () => {
  const corrected = { label: 0, rowTime: START + 3 * HOUR, maturity: "corrected" } as const;
  await driver.input(joined).send(labelled("d"), labelled("d", corrected));
  expect(
    driver
      .output(rows)
      .readAll()
      .map(({ key, value }) => [key, value["label"], value["maturity"]]),
  ).toEqual([
    ["d", 1, "provisional"],
    ["d", 0, "corrected"],
  ]);
});

test("versions with other features share the topic: each row is read with the columns of the reader", async () => {
  const text = PARCELS.replace("  - express\n", "");
  const second = compileBlueprint(text);
  const { version } = second.blueprint;
  await driver.input(blueprints).send(published(text));
  await driver.input(joined).send(
    labelled("old"),
    labelled("new", {
      decision: decision("new", START, { blueprintVersion: version, features: [20, "air", 2.5, 3, 4] }),
    }),
  );
  const [first, later] = driver.output(rowsTopic(second)).readAll();
  expect(first?.value).toMatchObject({ blueprintVersion: parcels.version, weight: 20, m_depot_1h: 2.5 });
  expect(first?.value).not.toHaveProperty("express");
  expect(later?.value).toMatchObject({ blueprintVersion: version, weight: 20, m_depot_1h: 2.5, last_depot: 4 });
});
