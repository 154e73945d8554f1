import { afterEach, beforeEach, expect, test } from "vitest";
import { canarySalt, parseBlueprint, unitPlace } from "../../blueprints/index.ts";
import { blueprintTable, decisionPlace, modelTable } from "../../catalogue/index.ts";
import { infer, posteriorStates, type Scorers } from "../../operators/index.ts";
import { blueprints, deadLetters, enriched, models, scored, type Scored } from "../../schemas/index.ts";
import { createTestDriver, defineTopology, type TestDriver } from "../../streams/index.ts";
import { HEAVY, inProduction, LIGHT, PARCELS, parcels, published, request, scorers, START } from "./parcels.ts";

const topologyWith = (load: Scorers) =>
  defineTopology({ name: "t", operators: [infer(load)], globals: [blueprintTable, modelTable, posteriorStates] });

let driver: TestDriver;
const open = async (load: Scorers = scorers): Promise<TestDriver> => {
  const opened = await createTestDriver(topologyWith(load), { deadLetters, start: START });
  await opened.input(blueprints).send(published());
  return opened;
};
beforeEach(async () => {
  driver = await open();
});
afterEach(() => driver.close());

const row = (
  id: string,
  weight: number | null,
  time: number,
  blueprintVersion: string | null = parcels.version,
  unit = "anna",
) => ({
  key: "anna",
  value: {
    request: request(id, { weight }, { unit }),
    blueprintVersion,
    features: [weight, "air", null, null, null, null],
    error: null,
    misfits: null,
    options: [],
  },
  time,
});
const read = (): Scored[] =>
  driver
    .output(scored)
    .readAll()
    .map(({ value }) => value);

test("without a model there are no predictions, and the request goes on", async () => {
  await driver.input(enriched).send(row("d", 20, START));
  expect(read()).toEqual([{ enriched: row("d", 20, START).value, modelId: null, predictions: {}, options: [] }]);
});

test("the model in production strictly before the request predicts the label", async () => {
  await driver.input(models).send(inProduction("m1", START));
  await driver.input(enriched).send(row("at", 20, START), row("heavy", 20, START + 1), row("light", 2, START + 1));
  const [same, heavy, light] = read();
  expect(same?.modelId).toBeNull();
  expect([heavy?.modelId, light?.modelId]).toEqual(["m1", "m1"]);
  expect(heavy?.predictions["late"]).toBeCloseTo(HEAVY, 6);
  expect(light?.predictions["late"]).toBeCloseTo(LIGHT, 6);
});

test("a missing value goes where the model sends missing values", async () => {
  await driver.input(models).send(inProduction("m1", START));
  await driver.input(enriched).send(row("d", null, START + 1));
  expect(read()[0]?.predictions["late"]).toBeCloseTo(HEAVY, 6);
});

test("each request of one batch gets the model of its own time", async () => {
  await driver.input(models).send(inProduction("m1", START + 10), inProduction("m2", START + 20));
  const withdrawn = [
    { state: "production", time: START + 20, reason: "test", share: null, by: "unit", ladder: false },
    { state: "withdrawn", time: START + 30, reason: "test", share: null, by: "unit", ladder: false },
  ] as const;
  await driver.input(models).send(inProduction("m2", START + 20, withdrawn));
  await driver.input(enriched).send(...[5, 15, 25, 35].map((time) => row(`d${time}`, 20, START + time)));
  expect(read().map(({ modelId }) => modelId)).toEqual([null, "m1", "m2", null]);
});

test.each(["unit", "decision"] as const)(
  "a canary predicts its share by %s, the same in any batch and after a restart, and the decision names it",
  async (by) => {
    const canary = [{ state: "canary", time: START + 10, reason: "test", share: 0.25, by, ladder: false }] as const;
    const ask = async (sizes: readonly number[]): Promise<readonly Scored[]> => {
      driver = await open();
      await driver.input(models).send(inProduction("m1", START), inProduction("m2", START + 10, canary));
      const rows = Array.from({ length: 1_000 }, (_, at) =>
        row(`d${at}`, 20, START + (at === 0 ? 10 : 11), parcels.version, `unit-${at}`),
      );
      for (let at = 0, turn = 0; at < rows.length; turn++) {
        const size = sizes[turn % sizes.length]!;
        await driver.input(enriched).send(...rows.slice(at, at + size));
        at += size;
      }
      return read();
    };
    await driver.close();
    const made = await ask([1_000]);
    await driver.close();
    expect(await ask([1, 7, 300])).toEqual(made);
    expect(Math.abs(made.filter(({ modelId }) => modelId === "m2").length - 250)).toBeLessThan(
      3 * Math.sqrt(1_000 * 0.25 * 0.75),
    );
    expect(made[0]!.modelId).toBe("m1");
    for (const {
      modelId,
      enriched: asked,
      predictions,
      options: [],
    } of made.slice(1)) {
      const { unit, decisionId } = asked.request;
      const place = by === "unit" ? unitPlace(canarySalt("m2"), unit) : decisionPlace("m2", decisionId);
      expect(modelId).toBe(place < 0.25 ? "m2" : "m1");
      expect(predictions["late"]).toBeCloseTo(HEAVY, 6);
    }
  },
);

test("each decision of a canary's unit is its, in all of its requests, and a share that grows by a state of its own keeps the unit", async () => {
  const at = (share: number, time: number) =>
    ({ state: "canary", time, reason: "test", share, by: "unit", ladder: false }) as const;
  const states = [at(0.05, START + 10), at(0.5, START + 20)];
  await driver.input(models).send(inProduction("m1", START), inProduction("m2", START + 10, states));
  const units = Array.from({ length: 200 }, (_, n) => `unit-${n}`);
  const served = async (time: number): Promise<readonly string[]> => {
    const rows = [1, 2, 3].flatMap((n) =>
      units.map((unit) => row(`${unit}-${time}-${n}`, 20, time, parcels.version, unit)),
    );
    await driver.input(enriched).send(...rows);
    const byUnit = Map.groupBy(read(), (made) => made.enriched.request.unit);
    const models = [...byUnit].map(([unit, made]) => [unit, new Set(made.map(({ modelId }) => modelId))] as const);
    expect(models.every(([, all]) => all.size === 1)).toBe(true);
    return models.flatMap(([unit, all]) => (all.has("m2") ? [unit] : []));
  };
  const small = await served(START + 11);
  const large = await served(START + 21);
  const below = (share: number) => units.filter((unit) => unitPlace(canarySalt("m2"), unit) < share);
  expect([small, large]).toEqual([below(0.05), below(0.5)]);
  expect(small.length).toBeGreaterThan(0);
  expect(large).toEqual(expect.arrayContaining([...small]));
});

test("a shadow predicts nothing that is decided on", async () => {
  await driver
    .input(models)
    .send(
      inProduction("m2", START, [
        { state: "shadow", time: START, reason: "test", share: null, by: "unit", ladder: false },
      ]),
    );
  await driver.input(enriched).send(row("d", 20, START + 1));
  expect(read()[0]).toMatchObject({ modelId: null, predictions: {}, options: [] });
});

test("a model of another blueprint version is not asked", async () => {
  const second = PARCELS.replace("risk > 0.5", "risk > 0.4");
  await driver.input(blueprints).send(published(second, START));
  await driver.input(models).send(inProduction("m1", START));
  await driver.input(enriched).send(row("d", 20, START + 1, parseBlueprint(second).version));
  expect(read()[0]?.modelId).toBeNull();
});

test("a request without a blueprint passes with its error", async () => {
  await driver.input(models).send(inProduction("m1", START));
  const { value } = row("d", 20, START + 1, null);
  await driver.input(enriched).send({ key: "anna", value: { ...value, error: "unknown" }, time: START + 1 });
  expect(read()[0]).toMatchObject({ modelId: null, predictions: {}, enriched: { error: "unknown" } });
});

test("700 requests at once are predicted as they are one by one", async () => {
  await driver.input(models).send(inProduction("m1", START));
  const rows = Array.from({ length: 700 }, (_, i) => row(`d${i}`, i % 20, START + 1 + i));
  await driver.input(enriched).send(...rows);
  const together = read();
  expect(together).toHaveLength(700);
  expect(together.map(({ predictions, options: [] }) => predictions["late"]! > 0.5)).toEqual(
    rows.map(({ value }) => (value.request.context["weight"] as number) >= 10),
  );
  for (const at of [0, 249, 250, 699]) {
    await driver.input(enriched).send(rows[at]!);
    expect(read()[0]?.predictions).toEqual(together[at]?.predictions);
  }
});

test("a model that can't be loaded gives no prediction and says so once a batch; other models go on", async () => {
  const broken = await open((model) =>
    model.modelId === "broken" ? Promise.reject(new Error("2 of 3 pieces are missing")) : scorers(),
  );
  await broken.input(models).send(inProduction("m1", START), inProduction("broken", START + 10));
  await broken
    .input(enriched)
    .send(row("good", 20, START + 5), row("bad", 20, START + 15), row("worse", 20, START + 16));
  const out = broken.output(scored).readAll();
  expect(
    out.map(({ value }) => [value.enriched.request.decisionId, value.modelId, Object.keys(value.predictions).length]),
  ).toEqual([
    ["good", "m1", 1],
    ["bad", "broken", 0],
    ["worse", "broken", 0],
  ]);
  const message = "model broken can't predict: 2 of 3 pieces are missing; withdraw it";
  for (const letter of broken.deadLetters()) expect(letter).toMatchObject({ operator: "infer", message });
  expect(broken.deadLetters().length).toBeGreaterThan(0);
  await broken.close();
});
