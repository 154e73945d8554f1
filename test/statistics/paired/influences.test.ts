import { expect, test } from "vitest";
import { auc, aucInfluences, meanInfluences } from "../../../statistics/index.ts";

let state = 5;
const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const ROWS = 400;
const labels = Float32Array.from({ length: ROWS }, () => (random() < 0.3 ? 1 : 0));
// Some scores are the same.
const scores = labels.map((label) => Math.round(20 * (random() + 0.3 * label)));
const weights = Float32Array.from({ length: ROWS }, () => Math.floor(random() * 3));

test("their mean is the metric, with weights and without", () => {
  expect(mean(aucInfluences(labels, scores))).toBeCloseTo(auc(labels, scores), 12);
  expect(mean(aucInfluences(labels, scores, weights))).toBeCloseTo(auc(labels, scores, weights), 9);
  const terms = Float64Array.from(scores);
  expect(meanInfluences(terms)).toBe(terms);
  const total = weights.reduce((a, b) => a + b, 0);
  const weighted = terms.reduce((sum, term, row) => sum + term * weights[row]!, 0) / total;
  expect(mean(meanInfluences(terms, weights))).toBeCloseTo(weighted, 9);
});

test("their spread is that of the area over samples with replacement", () => {
  const all = aucInfluences(labels, scores);
  const error = Math.sqrt(mean(all.map((one) => (one - mean(all)) ** 2)) / ROWS);
  const samples = Array.from({ length: 2_000 }, () => {
    const rows = Array.from({ length: ROWS }, () => Math.floor(random() * ROWS));
    const pick = (values: Float32Array): Float32Array => Float32Array.from(rows, (row) => values[row]!);
    return auc(pick(labels), pick(scores));
  });
  const spread = Math.sqrt(mean(samples.map((one) => (one - mean(samples)) ** 2)));
  expect(error / spread).toBeGreaterThan(0.93);
  expect(error / spread).toBeLessThan(1.07);
});
