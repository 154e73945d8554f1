import { expect, test } from "vitest";
import { METRICS } from "../../../blueprints/defaults.ts";
import type { Metric, Objective } from "../../../blueprints/index.ts";
import { unitMetrics } from "../../../trainer/learnt-labels.ts";
import { pairedGain, type ComparedLabel } from "../../../trainer/evidence/paired-gain.ts";

let state = 11;
const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const ROWS = 300;
const column = (of: () => number): Float32Array => Float32Array.from({ length: ROWS }, of);
const weights = column(() => Math.floor(random() * 3));
const rowsOf = (options: number): readonly Record<string, number | string>[] =>
  Array.from({ length: ROWS }, (_, row) => ({ decisionId: `d${Math.floor(row / options)}`, decisionTime: 1 }));

function unitOf(objective: Objective): readonly ComparedLabel[] {
  if (objective !== "multiclass") {
    const labels = objective === "binary" ? column(() => (random() < 0.4 ? 1 : 0)) : column(random);
    return [{ label: { name: "late", objective }, labels, ours: column(random), theirs: column(random) }];
  }
  const classes = column(() => Math.floor(3 * random()));
  const [ours, theirs] = [0, 1].map(() => {
    const raw = [0, 1, 2].map(() => column(random));
    return raw.map((one) => one.map((value, row) => value / raw.reduce((sum, each) => sum + each[row]!, 0)));
  }) as [Float32Array[], Float32Array[]];
  return [0, 1, 2].map((at) => ({
    label: { name: `size_${at}`, objective: "binary", classOf: "size" },
    labels: classes.map((one) => (one === at ? 1 : 0)),
    ...{ ours: ours[at]!, theirs: theirs[at]! },
  }));
}

const cases: readonly (readonly [Metric, Objective])[] = [
  ...METRICS.binary.map((metric) => [metric, "binary"] as const),
  ...METRICS.regression.map((metric) => [metric, "regression"] as const),
  ...METRICS.quantile.map((metric) => [metric, "quantile(0.5)"] as const),
  ["pinball", "quantile(0.9)"],
  ...METRICS.multiclass.map((metric) => [metric, "multiclass"] as const),
];

test.each(cases)(
  "%s of %s: the mean gain is the difference of the two metrics, in the better direction",
  (metric, objective) => {
    const unit = unitOf(objective);
    for (const weighted of [false, true]) {
      const own = unit.map((one) => ({ ...one, weights: weighted ? weights : undefined }));
      const of = (predictions: "ours" | "theirs"): number =>
        unitMetrics(own.map((one) => ({ ...one, predictions: one[predictions] })))[metric]!;
      const sign = metric === "auc" || metric === "accuracy" ? 1 : -1;
      const gain = pairedGain(metric, own, rowsOf(1))!;
      expect(gain.mean).toBeCloseTo(sign * (of("ours") - of("theirs")), 5);
      expect(gain.decisions).toBe(ROWS);
      expect(gain.low).toBeLessThan(gain.mean);
      expect(gain.high).toBeGreaterThan(gain.mean);
      const swapped = own.map((one) => ({ ...one, ours: one.theirs, theirs: one.ours }));
      expect(pairedGain(metric, swapped, rowsOf(1))!.low).toBeCloseTo(-gain.high, 9);
    }
  },
);

test("options of one decision are one pair: bounds of copies are those of the decisions", () => {
  const [one] = unitOf("binary") as readonly [ComparedLabel];
  const some = (values: Float32Array): Float32Array => values.map((_, row) => values[Math.floor(row / 3)]!);
  const copied = [{ ...one, labels: some(one.labels), ours: some(one.ours), theirs: some(one.theirs) }];
  const first = (values: Float32Array): Float32Array => values.slice(0, ROWS / 3);
  const alone = [{ ...one, labels: first(one.labels), ours: first(one.ours), theirs: first(one.theirs) }];
  const [of, apart] = [
    pairedGain("logLoss", copied, rowsOf(3))!,
    pairedGain("logLoss", alone, rowsOf(1).slice(0, 100))!,
  ];
  expect(of.decisions).toBe(100);
  expect(of.mean).toBeCloseTo(apart.mean, 9);
  expect(of.low).toBeCloseTo(apart.low, 9);
});

test("where all rows of a unit are one pair, bounds of copies are those of the units, and wider than those of rows", () => {
  const [one] = unitOf("binary") as readonly [ComparedLabel];
  const some = (values: Float32Array): Float32Array => values.map((_, row) => values[row % 50]!);
  const copied = [{ ...one, labels: some(one.labels), ours: some(one.ours), theirs: some(one.theirs) }];
  const first = (values: Float32Array): Float32Array => values.slice(0, 50);
  const alone = [{ ...one, labels: first(one.labels), ours: first(one.ours), theirs: first(one.theirs) }];
  const rows = rowsOf(1).map((row, at) => ({ ...row, unit: `u${at % 50}` }));
  const byUnit = pairedGain("logLoss", copied, rows, ({ unit }) => String(unit))!;
  const apart = pairedGain("logLoss", alone, rows.slice(0, 50))!;
  expect(byUnit.decisions).toBe(50);
  expect(byUnit.mean).toBeCloseTo(apart.mean, 9);
  expect(byUnit.low).toBeCloseTo(apart.low, 9);
  expect(byUnit.low).toBeLessThan(pairedGain("logLoss", copied, rows)!.low);
});

test("where the metric is undefined, there is no gain", () => {
  const [one] = unitOf("binary") as readonly [ComparedLabel];
  const same = [{ ...one, labels: one.labels.map(() => 1) }];
  expect(pairedGain("auc", same, rowsOf(1))).toBeUndefined();
  expect(pairedGain("logLoss", [{ ...one, weights: one.labels.map(() => 0) }], rowsOf(1))).toBeUndefined();
});
