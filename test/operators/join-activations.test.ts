import { beforeEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisions,
  joined,
  observations,
  type DecisionRecorded,
  type Joined,
} from "../../schemas/index.ts";
import {
  createMemoryEngine,
  createTestDriver,
  defineTopology,
  SOURCE_HEADER,
  type StateEngine,
  type TestDriver,
} from "../../streams/index.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { backgroundEngine } from "../streams/state/background-engine.ts";
import { decision, HOUR, PARCELS, published, START } from "./parcels.ts";

const LABEL = `label:
  name: late
  when: kind == "arrival"
  value: delay >= 10
  wait: 2h
`;
const LABELS = {
  one: `label: { name: late, when: kind == "late", value: delay, aggregate: sum, wait: 2h, default: none, objective: regression }\n`,
  several: `labels:
  late: { when: kind == "late", value: delay, aggregate: max, wait: 1h, default: none, objective: regression }
  slow: { when: kind == "slow", value: delay, aggregate: count, wait: 4h, default: 0, objective: regression }
`,
  ranking: `label: { name: late, when: kind == "late", value: delay, aggregate: sum, wait: 2h, default: 0, objective: regression }\n`,
};
type Shape = keyof typeof LABELS;
const textOf = (shape: Shape): string => {
  const text = PARCELS.replace(LABEL, LABELS[shape])
    .replace("ttl: 6h", "ttl: 8h")
    .replace("policy:", "model: { objective: regression }\npolicy:");
  return shape === "ranking" ? RANKING : text;
};
const RANKING = `
useCase: parcels
decisionSpace: { options: { age: number } }
context: { weight: number }
observations: { kind: category, delay: number, place: number }
features: [weight, age, { position: { shownPosition: 1, observed: place } }]
${LABELS.ranking}
model: { objective: regression }
join: { ttl: 8h }
policy: { rank: late }
`;
const TTL = 8 * HOUR;
const topology = defineTopology({ name: "t", operators: [join()], globals: [blueprintTable], clock });

const option = (optionId: string, position: number | null): DecisionRecorded["options"][number] => ({
  ...{ optionId, features: [1], predictions: {}, score: null, position, sampled: 1, propensity: 1, keys: {} },
});

function deferred(shape: Shape, isDeferred = true): DecisionRecorded {
  const { version: blueprintVersion } = parseBlueprint(textOf(shape));
  const options = shape === "ranking" ? [option("a", 1), option("b", 2), option("z", null)] : [];
  return decision("d", START, { blueprintVersion, deferred: isDeferred, options });
}

interface Sent {
  readonly key: string;
  readonly value: {
    observationId: string;
    optionId: string;
    activation: boolean;
    decisionId: string;
    useCase: string;
    values: Record<string, string | number>;
  };
  readonly time: number;
}
const sent = (n: number | string, hours: number, values: Sent["value"]["values"], optionId = ""): Sent => ({
  key: "d",
  value: { observationId: `o${n}`, optionId, activation: false, decisionId: "d", useCase: "", values },
  time: START + hours * HOUR,
});
const activation = (hours: number, observationId = ""): Sent => ({
  key: "d",
  value: { observationId, optionId: "", activation: true, decisionId: "d", useCase: "", values: {} },
  time: START + hours * HOUR,
});

/** Quarter hours, so that they fall on the ends of waits, on activations and on each other. */
function randomObservations(shape: Shape, seed: number, count: number): readonly Sent[] {
  const next = random(seed);
  const one = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
  return Array.from({ length: count }, (_, n) => {
    const option = shape === "ranking" ? one(["", "a", "b"]) : "";
    const values = { kind: one(["late", "slow"]), delay: Math.floor(next() * 8) };
    const seen = sent(n, Math.floor(next() * 33) / 4, values, option);
    // Some are activations too.
    return next() < 0.04 ? { ...seen, value: { ...seen.value, activation: true } } : seen;
  });
}

/** None, one or several, from before the decision to the end of its TTL. */
function randomActivations(seed: number): readonly Sent[] {
  const next = random(seed + 7);
  return Array.from({ length: seed % 4 }, (_, n) => {
    const hours = Math.floor(next() * 36) / 4 - 0.5;
    return activation(Math.min(hours, 7.75), next() < 0.5 ? `a${n}` : "");
  });
}

async function open(text: string, engine: StateEngine = createMemoryEngine()): Promise<TestDriver> {
  const driver = await createTestDriver(topology, { deadLetters, partitions: 1, start: START - HOUR, engine });
  await driver.input(blueprints).send(published(text));
  return driver;
}
const decide = (driver: TestDriver, made: DecisionRecorded) =>
  driver.input(decisions).send({ key: "d", value: made, time: START });
const rowsOf = (driver: TestDriver): readonly Joined[] =>
  driver
    .output(joined)
    .readAll()
    .map(({ value }) => value);
const lettersOf = (driver: TestDriver): readonly string[] =>
  driver
    .output(deadLetters)
    .readAll()
    .map(({ value }) => `${value.code}: ${value.message}`);

/** The newest row of an option as of a time: of two rows of one time the later record. */
const asOf = (rows: readonly Joined[], option: number | null, time: number): Joined | undefined =>
  rows.reduce<Joined | undefined>(
    (newest, row) =>
      row.option === option && row.rowTime <= time && (newest === undefined || newest.rowTime <= row.rowTime)
        ? row
        : newest,
    undefined,
  );

/** What a row says, whenever it was made. A decision's first row is `provisional`. */
function said(row: Joined | undefined): object | undefined {
  if (row === undefined) return undefined;
  const { label, waiting, position, maturity } = row;
  const isWhole = maturity === "provisional" || maturity === "corrected";
  const others = row.others.map((other) => [other.name, other.label]);
  return { label, others, waiting, position, maturity: isWhole ? "whole" : maturity };
}

const quarters = Array.from({ length: 34 }, (_, at) => START + (at * HOUR) / 4);
const optionsOf = (shape: Shape): readonly (number | null)[] => (shape === "ranking" ? [0, 1] : [null]);

/**
 * The definition: from the first activation within the TTL on, a deferred decision has at any time the row that it would
 * have if it was never deferred. Before there is none.
 */
function check(
  shape: Shape,
  rows: readonly Joined[],
  plain: readonly Joined[],
  all: readonly Sent[],
  times = quarters,
): void {
  const active = all.filter(({ value, time }) => value.activation && time < START + TTL).map(({ time }) => time);
  const from = Math.min(...active);
  for (const option of optionsOf(shape)) {
    for (const time of times) {
      const wanted = time < from ? undefined : said(asOf(plain, option, time));
      expect(said(asOf(rows, option, time)), `${option} after ${(time - START) / HOUR} h`).toEqual(wanted);
    }
  }
  expect(rows.filter(({ rowTime }) => rowTime < from)).toEqual([]);
}

/** The rows of the same decision that was never deferred, from the same records in the order of their times. */
async function plainRows(shape: Shape, all: readonly Sent[], engine: StateEngine): Promise<readonly Joined[]> {
  const driver = await open(textOf(shape), engine);
  await decide(driver, deferred(shape, false));
  for (const one of all.toSorted((a, b) => a.time - b.time)) await driver.input(observations).send(one);
  await driver.advanceTo(START + TTL);
  const rows = rowsOf(driver);
  await driver.close();
  return rows;
}

const engines: readonly (readonly [string, () => StateEngine])[] = [
  ["an engine that reads within handlers", createMemoryEngine],
  ["an engine that must load", backgroundEngine],
];
const cases = (["one", "several", "ranking"] as const).flatMap((shape) =>
  [0, 3, 9, 30].flatMap((count) => [1, 2, 3, 4, 5, 6, 7].map((seed) => ({ shape, count, seed }))),
);
const recordsOf = ({ shape, count, seed }: (typeof cases)[number]): readonly Sent[] => [
  ...randomActivations(seed * 10 + count),
  ...randomObservations(shape, seed * 100 + count, count),
];

describe.each(engines)("rows of a deferred decision, on %s", (_, engine) => {
  test.each(cases)("are there from its activation on: $shape, $count observations, seed $seed", async (one) => {
    const all = recordsOf(one).toSorted((a, b) => a.time - b.time);
    const next = random(one.seed);
    const driver = await open(textOf(one.shape), engine());
    const early = all.filter(({ time }) => time < START);
    for (const each of early) await driver.input(observations).send(each);
    await decide(driver, deferred(one.shape));
    for (const each of all.slice(early.length)) {
      if (next() < 0.2) await driver.restart();
      await driver.input(observations).send(each);
      if (next() < 0.2) await driver.input(observations).send(each);
    }
    await driver.advanceTo(START + TTL);
    const rows = rowsOf(driver);
    check(one.shape, rows, await plainRows(one.shape, all, engine()), all);
    // Each label is new once.
    for (const option of optionsOf(one.shape)) {
      const own = rows.filter((row) => row.option === option && row.maturity !== "expired");
      const settled = own.flatMap((row) => row.settled);
      expect(new Set(settled).size).toBe(settled.length);
      if (one.shape === "several" && own.length > 0) expect([...settled].sort()).toEqual(["late", "slow"]);
    }
    await driver.close();
  });

  test.each(cases)("are the same in any order of history: $shape, $count observations, seed $seed", async (one) => {
    const all = recordsOf(one).filter(({ time }) => time < START + TTL);
    const headers = { [SOURCE_HEADER]: Buffer.from("a file") };
    const driver = await open(textOf(one.shape), engine());
    await decide(driver, deferred(one.shape));
    for (const each of shuffled(all, random(one.seed))) await driver.input(observations).send({ ...each, headers });
    await driver.advanceTo(START + TTL);
    check(one.shape, rowsOf(driver), await plainRows(one.shape, all, engine()), all);
    await driver.close();
  });

  test.each(cases)(
    "end the same in whatever order records come, before the decision too: $shape, $count, seed $seed",
    async (one) => {
      const all = recordsOf(one).filter(({ time }) => time < START + TTL);
      const mixed = shuffled(all, random(one.seed + 1));
      const next = random(one.seed);
      const driver = await open(textOf(one.shape), engine());
      const before = Math.floor(next() * (mixed.length + 1));
      for (const each of mixed.slice(0, before)) await driver.input(observations).send(each);
      await decide(driver, deferred(one.shape));
      for (const each of mixed.slice(before)) {
        if (next() < 0.2) await driver.restart();
        await driver.input(observations).send(each);
      }
      await driver.advanceTo(START + TTL);
      check(one.shape, rowsOf(driver), await plainRows(one.shape, all, engine()), all, [START + TTL]);
      await driver.close();
    },
  );
});

describe("a deferred decision", () => {
  let driver: TestDriver;
  beforeEach(async () => {
    driver = await open(textOf("one"));
    return () => driver.close();
  });
  const send = (one: Sent) => driver.input(observations).send(one);
  const late = (n: number, hours: number) => sent(n, hours, { kind: "late", delay: 1 });
  const rows = () => rowsOf(driver).map(({ label, rowTime, maturity }) => [label, (rowTime - START) / HOUR, maturity]);

  test("that is never activated makes no row, no expiry and no dead letter", async () => {
    await decide(driver, deferred("one"));
    await send(late(1, 1));
    await driver.advanceTo(START + 30 * TTL);
    expect(rows()).toEqual([]);
    expect(lettersOf(driver)).toEqual([]);
  });

  test("that is activated within the wait makes its row at the end of the wait", async () => {
    await decide(driver, deferred("one"));
    await send(late(1, 0.5));
    await send(activation(1));
    await send(late(2, 1.5));
    await driver.advanceTo(START + TTL);
    expect(rows()).toEqual([[2, 2, "provisional"]]);
  });

  test("that is activated after the wait makes its row at that time, and is corrected from then on", async () => {
    await decide(driver, deferred("one"));
    await send(late(1, 0.5));
    await send(late(2, 3));
    await send(activation(5));
    await send(activation(5));
    await send(activation(6));
    await send(late(3, 7));
    await driver.advanceTo(START + TTL);
    expect(rows()).toEqual([
      [2, 5, "provisional"],
      [3, 7, "corrected"],
    ]);
  });

  test("that is activated after its TTL has a dead letter as an observation would", async () => {
    await decide(driver, deferred("one"));
    await driver.advanceTo(START + TTL);
    await send(activation(8));
    expect(rows()).toEqual([]);
    expect(lettersOf(driver)).toEqual(["TOO_LATE: decision d takes no activation any more: its TTL is over"]);
  });

  test("takes an activation that came before it, and buries one whose decision never comes", async () => {
    await send(activation(-0.5));
    await driver.input(observations).send({
      ...activation(0),
      key: "nobody",
      value: { ...activation(0).value, decisionId: "nobody" },
    });
    await decide(driver, deferred("one"));
    await send(late(1, 1));
    await driver.advanceTo(START + 30 * TTL);
    expect(rows()).toEqual([[1, 2, "provisional"]]);
    expect(lettersOf(driver)).toEqual(["TOO_LATE: no decision nobody came for this activation"]);
  });

  test("of a use case of its own is activated by that one's name alone", async () => {
    await decide(driver, deferred("one"));
    await send({ ...activation(1), value: { ...activation(1).value, useCase: "other" } });
    await send(late(1, 1));
    await driver.advanceTo(START + TTL);
    expect(rows()).toEqual([]);
  });

  test("that an observation activates has the observation, too", async () => {
    await decide(driver, deferred("one"));
    await send({ ...late(1, 3), value: { ...late(1, 3).value, activation: true } });
    await driver.advanceTo(START + TTL);
    expect(rows()).toEqual([[1, 3, "provisional"]]);
  });

  test("that was shown earlier than its first activation said has the rows between, too", async () => {
    await decide(driver, deferred("one"));
    await send(late(1, 1));
    await send(late(2, 4));
    await send(activation(6));
    await driver.advanceTo(START + 6.5 * HOUR);
    await send(activation(3));
    await driver.advanceTo(START + TTL);
    expect(rows()).toEqual([
      [2, 6, "provisional"],
      [1, 3, "provisional"],
      [2, 4, "corrected"],
      [2, 6, "corrected"],
    ]);
  });
});

test("activating a decision that was not deferred changes no row, and is no dead letter", async () => {
  const driver = await open(textOf("one"));
  await decide(driver, deferred("one", false));
  await driver.input(observations).send(sent(1, 1, { kind: "late", delay: 1 }));
  await driver.input(observations).send(activation(1));
  await driver.input(observations).send(activation(5));
  await driver.advanceTo(START + TTL);
  expect(rowsOf(driver).map(({ label, rowTime }) => [label, rowTime])).toEqual([[1, START + 2 * HOUR]]);
  expect(lettersOf(driver)).toEqual([]);
  await driver.close();
});
