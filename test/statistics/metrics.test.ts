import { describe, expect, test } from "vitest";
import { evaluate, isBetter } from "../../trainer/evaluate.ts";
import { auc, brier, logLoss, meanSquaredError, weightSpread } from "../../statistics/index.ts";

const f = (...values: number[]): Float32Array => Float32Array.of(...values);

describe("auc", () => {
  test("is 1, 0 and one half for the right, the reverse and no order", () => {
    expect(auc(f(0, 0, 1, 1), f(0.1, 0.2, 0.3, 0.4))).toBe(1);
    expect(auc(f(1, 1, 0, 0), f(0.1, 0.2, 0.3, 0.4))).toBe(0);
    expect(auc(f(0, 1, 0, 1, 1), f(7, 7, 7, 7, 7))).toBe(0.5);
  });

  test("equals the share of pairs in the right order, ties counting one half", () => {
    // A fixed sequence of labels and of few distinct scores, so that most pairs tie.
    const labels = Float32Array.from({ length: 200 }, (_, row) => ((row * 7919) % 13 < 4 ? 1 : 0));
    const scores = Float32Array.from({ length: 200 }, (_, row) => ((row * 104729) % 17) - 5 + (labels[row] ?? 0));
    let right = 0;
    let pairs = 0;
    labels.forEach((positive, one) => {
      labels.forEach((negative, other) => {
        if (positive !== 1 || negative !== 0) return;
        pairs++;
        right += scores[one]! > scores[other]! ? 1 : scores[one]! === scores[other]! ? 0.5 : 0;
      });
    });
    expect(auc(labels, scores)).toBeCloseTo(right / pairs, 12);
  });

  test("refuses rows of one class and labels that are not 0 or 1", () => {
    expect(() => auc(f(1, 1), f(0.1, 0.2))).toThrow("all 2 labels are 1");
    expect(() => auc(f(0, 0.5), f(0.1, 0.2))).toThrow("row 1 has label 0.5");
  });
});

test("logLoss is the mean negative log-likelihood", () => {
  expect(logLoss(f(1, 0), f(0.5, 0.75))).toBeCloseTo((Math.log(2) + Math.log(4)) / 2, 12);
});

test("logLoss of a certain mistake is finite", () => {
  expect(logLoss(f(1), f(0))).toBeCloseTo(-Math.log(1e-7), 10);
  expect(logLoss(f(0), f(1))).toBeCloseTo(-Math.log(1e-7), 6);
});

test("brier and meanSquaredError are mean squared distances", () => {
  expect(brier(f(1, 0), f(0.5, 0.25))).toBeCloseTo((0.25 + 0.0625) / 2, 12);
  expect(meanSquaredError(f(3, -1), f(1, -1))).toBe(2);
});

test.each([
  ["auc", auc],
  ["logLoss", logLoss],
  ["brier", brier],
  ["meanSquaredError", meanSquaredError],
])("%s refuses NaN, no rows and lengths that differ", (_, metric) => {
  expect(() => metric(f(0, NaN, 1), f(0.1, 0.2, 0.3))).toThrow("row 1 is label NaN");
  expect(() => metric(f(0, 1), f(0.1, NaN))).toThrow("prediction NaN");
  expect(() => metric(f(), f())).toThrow("0 labels");
  expect(() => metric(f(0, 1), f(0.1))).toThrow("2 labels and 1 predictions");
});

test.each([
  ["logLoss", logLoss],
  ["brier", brier],
])("%s refuses labels and probabilities outside [0, 1]", (_, metric) => {
  expect(() => metric(f(0, 2), f(0.1, 0.2))).toThrow("label 2");
  expect(() => metric(f(0, 1), f(0.1, 1.5))).toThrow("probability 1.5");
});

test("a metric that differs by the order of its sums alone is not better", () => {
  const value = 0.66960033990987;
  expect(isBetter("logLoss", value - 1e-16, value)).toBe(false);
  expect(isBetter("logLoss", value - 1e-6, value)).toBe(true);
  expect(isBetter("auc", value + 1e-16, value)).toBe(false);
  expect(isBetter("auc", value + 1e-6, value)).toBe(true);
  expect(isBetter("mse", 1e-13, 2e-13)).toBe(true);
});

describe("with weights", () => {
  const labels = f(0, 1, 1, 0, 1, 0, 1, 0);
  const predictions = f(0.125, 0.75, 0.5, 0.5, 0.875, 0.625, 0.25, 0.0625);
  const weights = f(1, 2.5, 0, 4, 0.5, 3, 1.25, 7);

  /** scikit-learn 1.9.1: log_loss, brier_score_loss, roc_auc_score and mean_squared_error, each with sample_weight. */
  test("the metrics are those of scikit-learn", () => {
    expect(logLoss(labels, predictions, weights)).toBeCloseTo(0.45814110912748346, 12);
    expect(brier(labels, predictions, weights)).toBeCloseTo(0.1601055194805195, 12);
    expect(auc(labels, predictions, weights)).toBeCloseTo(0.8627450980392157, 12);
    expect(meanSquaredError(f(3, -1, 2, 0.5), f(1, -1, 2.5, 4), f(0.5, 2, 0, 3))).toBeCloseTo(7.045454545454546, 12);
  });

  test("a row of weight n counts as n rows, and one of weight 0 as none", () => {
    const counts = [2, 0, 3, 1, 1, 4, 0, 2];
    const repeated = (values: Float32Array): Float32Array =>
      f(...counts.flatMap((count, row) => Array.from({ length: count }, () => values[row]!)));
    for (const metric of [auc, logLoss, brier, meanSquaredError]) {
      expect(metric(labels, predictions, f(...counts)), metric.name).toBeCloseTo(
        metric(repeated(labels), repeated(predictions)),
        12,
      );
    }
  });

  test.each([
    ["auc", auc],
    ["logLoss", logLoss],
    ["brier", brier],
    ["meanSquaredError", meanSquaredError],
  ])("%s refuses weights that are none", (_, metric) => {
    const [some, said] = [f(0, 1), f(0.25, 0.5)];
    expect(() => metric(some, said, f(1))).toThrow("2 labels and 1 weights");
    expect(() => metric(some, said, f(1, Number.NaN))).toThrow("row 1 has weight NaN");
    expect(() => metric(some, said, f(-1, 1))).toThrow("row 0 has weight -1");
    expect(() => metric(some, said, f(1, Number.POSITIVE_INFINITY))).toThrow("row 1 has weight Infinity");
    expect(() => metric(some, said, f(0, 0))).toThrow("all 2 weights are 0");
  });

  test("auc refuses rows of which one class alone has a weight", () => {
    expect(() => auc(f(0, 1), f(0.25, 0.5), f(0, 3))).toThrow("all rows with a weight have label 1");
    expect(evaluate(f(0.25, 0.5), f(0, 1), "binary", f(0, 3))).not.toHaveProperty("auc");
    expect(evaluate(f(0.25, 0.5), f(0, 1), "binary", f(1, 3))).toHaveProperty("auc", 1);
    expect(evaluate(f(0.25, 0.5), f(0, 1), "binary", f(0, 0))).toEqual({});
  });
});

test("the effective number of rows is that of Kish, and the heaviest row has its share", () => {
  expect(weightSpread(f(3, 3, 3, 3))).toEqual({ effectiveRows: 4, largestShare: 0.25 });
  expect(weightSpread(f(0, 5, 0))).toEqual({ effectiveRows: 1, largestShare: 1 });
  expect(weightSpread(f(1, 2, 3, 4))).toEqual({ effectiveRows: 100 / 30, largestShare: 0.4 });
});
