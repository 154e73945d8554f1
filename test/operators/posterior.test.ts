import { afterEach, describe, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { stateAt, stateOf, takeState } from "../../operators/globals/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { blueprints, deadLetters, posteriors, type PosteriorPublished, type TrainingRow } from "../../schemas/index.ts";
import { addRow, emptySums } from "../../statistics/index.ts";
import { createTestDriver, type TestDriver } from "../../streams/index.ts";
import { posteriorTopology } from "../../topologies/index.ts";
import { random } from "../blueprints/random.ts";
import { seriesOf } from "../exploration/posterior-series.ts";
import { HOUR, published, START } from "./parcels.ts";

const OFFERS = `useCase: offers
decisionSpace: { actions: [a, b, c] }
context: { age: number, member: boolean }
observations: { clicked: boolean }
features: [age, member]
label: { name: click, value: clicked, aggregate: any, wait: 1m }
posterior: {}
policy: { choose: posteriorMean }
join: { ttl: 6h }
`;
const compiled = compileBlueprint(OFFERS);
const posterior = compiled.posterior!;
/** The same is learnt, and decided otherwise. */
const NEXT = OFFERS.replace("choose: posteriorMean", "choose: posteriorMean + posteriorDeviation");
/** Another label. */
const OTHER = OFFERS.replace("aggregate: any", "aggregate: latest");

let driver: TestDriver;
afterEach(() => driver.close());

async function open(partitions = 1): Promise<void> {
  driver = await createTestDriver(posteriorTopology("p", compiled, posterior), {
    deadLetters,
    partitions,
    start: START,
  });
  for (const text of [OFFERS, NEXT, OTHER]) await driver.input(blueprints).send(published(text));
}

const rows = rowsTopic(compiled);
interface Given {
  readonly id: string;
  readonly option: string | null;
  readonly age?: number | null;
  readonly member?: number | null;
  readonly label: number | null;
  readonly decisionTime?: number;
  readonly rowTime?: number;
  readonly version?: string;
}

function row({ id, option, age = 1, member = 0, label, version, ...times }: Given): TrainingRow {
  const { decisionTime = START, rowTime = decisionTime + 60_000 } = times;
  return {
    ...{ decisionId: id, unit: id, blueprintVersion: version ?? compiled.blueprint.version, modelId: null },
    ...{ mode: "online", reason: "exploit", decisionTime, rowTime, maturity: "provisional" },
    ...{ value: option, propensity: 1, optionId: option, optionPosition: null, optionScore: null },
    ...{ age, member, label: label ?? Number.NaN, labelTime: null, prediction_click: null },
  };
}

const send = async (...given: readonly Given[]): Promise<void> => {
  const records = given.map((one) => ({ key: one.id, value: row(one), time: row(one)["rowTime"] as number }));
  await driver.input(rows).send(...records);
};
const states = (): readonly (PosteriorPublished & { readonly time: number; readonly key: string })[] =>
  driver
    .output(posteriors)
    .readAll()
    .map(({ key, value, time }) => ({ ...value, key, time }));

describe("of each row the option's sums", () => {
  test("have 1 and the features, in their order, with what is missing as 0", async () => {
    await open();
    await send({ id: "d1", option: "a", age: 3, member: 1, label: 1 }, { id: "d2", option: "a", age: null, label: 0 });
    expect(states()).toEqual([
      {
        ...{ useCase: "offers", posterior: posterior.id, optionId: "a", updates: 1, rows: 1 },
        ...{ features: ["age", "member"], squares: [1, 3, 1, 9, 3, 1], products: [1, 3, 1] },
        ...{ key: `offers/${posterior.id}/a/1`, time: START + 60_000 },
      },
      expect.objectContaining({ updates: 2, rows: 2, squares: [2, 3, 1, 9, 3, 1], products: [1, 3, 1] }),
    ]);
  });

  test("are changed by a corrected row, and lose one whose label is gone", async () => {
    await open();
    await send({ id: "d1", option: "a", age: 2, label: 0 });
    await send({ id: "d1", option: "a", age: 2, label: 1, rowTime: START + HOUR });
    // The same again says nothing new.
    await send({ id: "d1", option: "a", age: 2, label: 1, rowTime: START + HOUR });
    await send({ id: "d1", option: "a", age: 2, label: null, rowTime: START + 2 * HOUR });
    await send({ id: "d1", option: "a", age: 2, label: 1, rowTime: START + 3 * HOUR });
    expect(states().map(({ updates, rows: n, products, time }) => [updates, n, products[1], time - START])).toEqual([
      [1, 1, 0, 60_000],
      [2, 1, 2, HOUR],
      [3, 0, 0, 2 * HOUR],
      [4, 1, 2, 3 * HOUR],
    ]);
  });

  test("count an id that was decided anew as another decision", async () => {
    await open();
    await send({ id: "d1", option: "a", age: 2, label: 1 });
    await send({ id: "d1", option: "b", age: 5, label: 1, decisionTime: START + 4 * HOUR });
    expect(states().map(({ optionId, rows: n, products }) => [optionId, n, products[1]])).toEqual([
      ["a", 1, 2],
      ["b", 1, 5],
    ]);
  });

  test("forget a decision once no correction can come", async () => {
    await open();
    await send({ id: "d1", option: "a", age: 2, label: 1 });
    await driver.advanceTo(START + 7 * HOUR);
    await send({ id: "d1", option: "a", age: 2, label: 0, rowTime: START + 8 * HOUR });
    // It stands as a row of its own then: the join makes none so late.
    expect(states().map(({ rows: n }) => n)).toEqual([1, 2]);
  });

  test("have the rows of versions that mean the same, and of no others", async () => {
    await open();
    const [next, other] = [NEXT, OTHER].map((text) => compileBlueprint(text).blueprint.version) as [string, string];
    await send({ id: "d1", option: "a", label: 1, version: next });
    await send({ id: "d2", option: "a", label: 1, version: other });
    await send({ id: "d3", option: "a", label: 1, version: "ffffffffffff" });
    await send({ id: "d4", option: null, label: 1 });
    await send({ id: "d5", option: "a", label: 1 });
    expect(states().map(({ rows: n }) => n)).toEqual([1, 2]);
    expect(compileBlueprint(NEXT).posterior!.id).toBe(posterior.id);
    expect(compileBlueprint(OTHER).posterior!.id).not.toBe(posterior.id);
  });
});

test("values and labels beyond the largest ones leave the sums finite", async () => {
  await open();
  await send(
    { id: "d1", option: "a", age: 1e300, member: -1e200, label: 1 },
    { id: "d2", option: "a", age: 1, label: 1e300 },
    { id: "d3", option: "a", age: 1, label: 0 },
  );
  const { rows: n, squares, products } = states().at(-1)!;
  expect([n, ...squares, ...products].every(Number.isFinite)).toBe(true);
  expect(n).toBe(2);
});

describe("states by option and time", () => {
  const state = (optionId: string, updates: number): PosteriorPublished => ({
    ...{ useCase: "offers", posterior: posterior.id, optionId, updates, rows: updates, features: [] },
    ...{ squares: [updates, 0, 0, 0, 0, 0], products: [0, 0, 0] },
  });

  test("count strictly after their time and the wait, whatever the ids are, and of one time the last", () => {
    const series = seriesOf();
    const ids = ["a", "a|1", "|", "a/2", "__proto__", ""];
    for (const id of ids) {
      takeState(series.bytes, state(id, 1), START);
      takeState(series.bytes, state(id, 3), START + 5);
      takeState(series.bytes, state(id, 2), START + 5);
    }
    const at = (id: string, time: number): number => {
      const bytes = stateAt(series, compiled, id, time);
      return bytes === undefined ? 0 : stateOf(bytes).updates;
    };
    const { afterMs } = posterior;
    for (const id of ids) expect([0, 1, 5, 6].map((more) => at(id, START + afterMs + more))).toEqual([0, 1, 1, 3]);
  });

  test("are of so many options at most, and the first ones go on", () => {
    const { bytes } = seriesOf();
    for (let n = 0; n < 10_000; n++) takeState(bytes, state(`o${n}`, 1), START);
    expect(() => takeState(bytes, state("one more", 1), START)).toThrow(/weights of 10000 options.*by all/);
    expect(() => takeState(bytes, state("o7", 2), START + 1)).not.toThrow();
  });
});

test("states are fewer and fewer as rows become many, and the last is never behind by more than a 64th", async () => {
  await open();
  const many = Array.from({ length: 5_000 }, (_, n) => ({ id: `d${n}`, option: "a", age: n % 7, label: n % 2 }));
  await send(...many);
  const numbers = states().map(({ updates }) => updates);
  expect(numbers.length).toBeLessThan(64 * (2 + Math.log(5_000 / 64)));
  expect(numbers.slice(0, 127)).toEqual(Array.from({ length: 127 }, (_, n) => n + 1));
  for (const [at, number] of numbers.entries())
    if (at > 0) expect(number - numbers[at - 1]!).toBeLessThanOrEqual(Math.max(1, number / 64));
  expect(numbers.at(-1)).toBeGreaterThan(5_000 * (1 - 1 / 64));
});

/** Rows in the order of their times: corrected, taken back, of three options. */
function history(seed: number, count: number): readonly Given[] {
  const next = random(seed);
  const made: Given[] = [];
  for (let n = 0; n < count; n++) {
    const rowTime = START + 60_000 + n * 1_000;
    const before = next() < 0.3 && made.length > 0 ? made[Math.floor(next() * made.length)] : undefined;
    const label = next() < 0.1 ? null : next() < 0.4 ? 1 : 0;
    if (before !== undefined) made.push({ ...before, label, rowTime });
    else {
      const option = ["a", "b", "c"][Math.floor(next() * 3)]!;
      const age = next() < 0.1 ? null : next() * 3 - 1;
      made.push({ id: `d${n}`, option, age, member: Number(next() < 0.5), label, decisionTime: START, rowTime });
    }
  }
  return made;
}

describe("the fold of a posterior", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "goes on from a checkpoint at any cut with the same bits as from the beginning (history %i)",
    async (seed) => {
      const all = history(seed, 400);
      await open();
      await send(...all);
      const whole = states();
      await driver.close();

      const next = random(seed + 1_000);
      await open();
      const parts: PosteriorPublished[] = [];
      for (let from = 0; from < all.length;) {
        const to = from + 1 + Math.floor(next() * 60);
        await send(...all.slice(from, to));
        if (next() < 0.5) await driver.restart();
        parts.push(...states());
        from = to;
      }
      const by = (some: readonly PosteriorPublished[]): unknown =>
        Object.groupBy(
          some.map(({ ...state }) => state),
          ({ optionId }) => optionId!,
        );
      const plain = whole.map(({ key: _key, time: _time, ...state }) => state);
      const own = parts.map((state) => {
        const { key: _key, time: _time, ...rest } = state as (typeof whole)[number];
        return rest;
      });
      expect(by(own)).toEqual(by(plain));

      // And with what the newest rows say.
      const newest = new Map(all.map((one) => [one.id, one]));
      for (const optionId of ["a", "b", "c"]) {
        const sums = emptySums(3);
        for (const { option, age, member, label } of newest.values())
          if (option === optionId && label !== null) addRow(sums, [1, age ?? 0, member ?? 0], label);
        const last = whole.findLast((state) => state.optionId === optionId)!;
        expect(last.rows).toBe(sums.rows);
        for (const [at, value] of sums.squares.entries()) expect(last.squares[at]).toBeCloseTo(value, 9);
        for (const [at, value] of sums.products.entries()) expect(last.products[at]).toBeCloseTo(value, 9);
      }
    },
  );
});
