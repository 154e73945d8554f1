import { describe, expect, test } from "vitest";
import {
  compileLabel,
  parseBlueprint,
  RunningLabel,
  type Label,
  type LabelAggregate,
  type LabelValue,
  type Observation,
} from "../../../blueprints/index.ts";
import { FLIGHTS, SMALL } from "../fixtures.ts";
import { random, shuffled } from "../random.ts";

const AGGREGATES: readonly LabelAggregate[] = [
  "earliest",
  "latest",
  "sum",
  "mean",
  "min",
  "max",
  "median",
  "quantile(0.3)",
  "any",
  "count",
];

function label(aggregate: LabelAggregate, value = "delay_min", when = 'kind == "arrival"') {
  const blueprint = parseBlueprint(
    SMALL.replace("  depth: 4", "  objective: regression")
      .replace("value: delay_min >= 15", `value: ${value}\n  aggregate: ${aggregate}`)
      .replace('when: kind == "arrival"', `when: ${when}`),
  );
  return compileLabel(blueprint, blueprint.label);
}

function arrival(time: number, delay_min: unknown, id?: string): Observation {
  return { time, values: { kind: "arrival", delay_min }, ...(id === undefined ? {} : { id }) };
}

/** Of observations that came in this order. */
function aggregateLabel(of: Label, observations: readonly Observation[]): LabelValue | null {
  const running = new RunningLabel(of);
  for (const observation of observations) running.add(observation);
  return running.value;
}

/** As the order is defined: everything sorted and aggregated anew. */
function anew(of: Label, observations: readonly Observation[]): LabelValue | null {
  const counted = observations
    .map(({ time, values, id = "" }) => ({ time, id, text: of.orderOf(values), value: of.valueOf(values) }))
    .filter(({ value }) => value !== null)
    .sort((a, b) => a.time - b.time || (a.text < b.text ? -1 : a.text > b.text ? 1 : a.id < b.id ? -1 : 1));
  if (counted.length === 0) return null;
  const values = counted.map(({ value }) => value!);
  const total = values.reduce((sum, value) => sum + value, 0);
  const sorted = [...values].sort((a, b) => a - b);
  const [half, upper] = [sorted.length >> 1, sorted[sorted.length >> 1]!];
  const place = 0.3 * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  const all: Readonly<Record<string, number>> = {
    earliest: values[0]!,
    latest: values.at(-1)!,
    sum: total,
    mean: total / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    median: sorted.length % 2 === 1 ? upper : (sorted[half - 1]! + upper) / 2,
    quantile: below + (above - below) * (place - Math.floor(place)),
    any: values.some((value) => value !== 0) ? 1 : 0,
    count: values.length,
  };
  const time = of.aggregate.time === "first" ? counted[0]!.time : counted.at(-1)!.time;
  return { value: all[of.aggregate.name]!, time };
}

const closeTo = (value: number): unknown => expect.closeTo(value, 12);

describe("aggregates of 4, 1, 9, 2 at the times 1 to 4", () => {
  const observations = [arrival(1, 4), arrival(2, 1), arrival(3, 9), arrival(4, 2)];
  const expected: Readonly<Record<string, readonly [value: number, time: number]>> = {
    earliest: [4, 1],
    latest: [2, 4],
    sum: [16, 4],
    mean: [4, 4],
    min: [1, 4],
    max: [9, 4],
    median: [3, 4],
    "quantile(0.3)": [1.9, 4],
    "quantile(0)": [1, 4],
    "quantile(1)": [9, 4],
    any: [1, 4],
    count: [4, 4],
  };
  for (const [aggregate, [value, time]] of Object.entries(expected)) {
    test(`${aggregate} is ${value}`, () => {
      expect(aggregateLabel(label(aggregate as LabelAggregate), observations)).toEqual({ value: closeTo(value), time });
    });
  }
});

test("a quantile between two huge values is between them", () => {
  const huge = [arrival(1, -1e308), arrival(2, 1e308)];
  expect(aggregateLabel(label("quantile(0.75)"), huge)).toEqual({ value: 5e307, time: 2 });
});

test("the order of arrival changes no bit of any aggregate", () => {
  const next = random(7);
  for (let round = 0; round < 20; round++) {
    const observations = Array.from({ length: 30 }, () =>
      arrival(Math.floor(next() * 10), next() < 0.1 ? null : (next() - 0.5) * 10 ** Math.floor(next() * 12)),
    );
    for (const aggregate of AGGREGATES) {
      const compiled = label(aggregate);
      const expected = aggregateLabel(compiled, observations);
      for (let i = 0; i < 5; i++) expect(aggregateLabel(compiled, shuffled(observations, next))).toEqual(expected);
    }
  }
});

test.each([1, 2, 3])("at every moment it is the label of what came so far, to the bit (seed %i)", (seed) => {
  const next = random(seed);
  for (const aggregate of AGGREGATES) {
    const compiled = label(aggregate);
    const running = new RunningLabel(compiled);
    const came: Observation[] = [];
    for (let i = 0; i < 60; i++) {
      const value =
        next() < 0.1 ? null : next() < 0.3 ? Math.floor(next() * 3) : (next() - 0.5) * 10 ** Math.floor(next() * 12);
      // Sometimes the newest, sometimes of a time that was there.
      const one = arrival(next() < 0.5 ? i : Math.floor(next() * 10), value, `o${Math.floor(next() * 1e6)}`);
      came.push(one);
      running.add(one);
      expect(running.value).toEqual(anew(compiled, came));
    }
  }
});

test("ten thousand of one moment, or from the newest to the oldest, are no trouble", { timeout: 60_000 }, () => {
  for (const aggregate of AGGREGATES) {
    const running = new RunningLabel(label(aggregate));
    let last: LabelValue | null = null;
    for (let i = 0; i < 10_000; i++) {
      running.add(arrival(aggregate === "sum" ? 10_000 - i : 5, (i * 7) % 1_000, `o${i}`));
      last = running.value;
    }
    expect(last).not.toBeNull();
  }
});

test("observations for which when is false or missing, or whose value is missing, don't count", () => {
  const departure = { time: 9, values: { kind: "departure", delay_min: 100 } };
  const unknown = { time: 9, values: { delay_min: 100 } };
  const counted = [departure, unknown, arrival(1, 7), arrival(8, null), arrival(8, "7,5"), arrival(8, Number.NaN)];
  expect(aggregateLabel(label("latest"), counted)).toEqual({ value: 7, time: 1 });
  expect(aggregateLabel(label("count"), counted)).toEqual({ value: 1, time: 1 });
});

test("without an observation that counts there is no label", () => {
  for (const aggregate of AGGREGATES) {
    expect(aggregateLabel(label(aggregate), [])).toBe(null);
    expect(aggregateLabel(label(aggregate), [arrival(1, null), arrival(2, null)])).toBe(null);
  }
});

test("a flight's label is 1 from 15 minutes of arrival delay on, by its latest arrival", () => {
  const flights = parseBlueprint(FLIGHTS);
  const delayed = compileLabel(flights, flights.label);
  expect(aggregateLabel(delayed, [arrival(1, 15)])).toEqual({ value: 1, time: 1 });
  expect(aggregateLabel(delayed, [arrival(1, 14.9)])).toEqual({ value: 0, time: 1 });
  expect(aggregateLabel(delayed, [arrival(2, 3), arrival(1, 60)])).toEqual({ value: 0, time: 2 });
});

test("observations that mean the same are the same, and of one moment come in the same order, however they are written", () => {
  const written: readonly ((value: number) => unknown)[] = [
    (v) => v,
    String,
    (v) => v.toFixed(2),
    (v) => v.toExponential(),
  ];
  const values = [10, 9, 2.5, 100, 0.25];
  for (const aggregate of AGGREGATES) {
    const made = written.map((write) =>
      aggregateLabel(
        label(aggregate),
        values.map((value, i) => ({ ...arrival(5, write(value)), id: `o${9 - i}` })),
      ),
    );
    expect(made).toEqual(made.map(() => made[0]));
  }
});

test("a field of an event that is a boolean counts as 1 or 0 in the label too", () => {
  for (const [written, value] of [
    [true, 1],
    ["no", 0],
  ])
    expect(aggregateLabel(label("latest"), [arrival(1, written)])).toEqual({ value, time: 1 });
});
