import { expect, test } from "vitest";
import { calibrationExcess } from "../../statistics/index.ts";
import { random } from "../blueprints/random.ts";

/** Labels that come about as often as `truth` says of each prediction. */
function drawn(count: number, truth: (prediction: number) => number) {
  const draw = random(13);
  const predictions = Float32Array.from({ length: count }, () => 0.05 + 0.9 * draw());
  const labels = predictions.map((prediction) => (draw() < truth(prediction) ? 1 : 0));
  return { predictions, labels };
}

test("predictions that come about as they say are off by next to nothing, with few rows as with many", () => {
  for (const count of [50, 500, 20_000]) {
    const { predictions, labels } = drawn(count, (prediction) => prediction);
    expect(calibrationExcess(predictions, labels)).toBeLessThan(0.01);
  }
});

test("with many rows it is the distance itself, and two standard errors less with few", () => {
  const { predictions, labels } = drawn(200_000, (prediction) => Math.max(0, prediction - 0.05));
  const off = calibrationExcess(predictions, labels);
  expect(off).toBeGreaterThan(0.04);
  expect(off).toBeLessThan(0.05);
  const few = drawn(200, (prediction) => Math.max(0, prediction - 0.05));
  expect(calibrationExcess(few.predictions, few.labels)).toBeLessThan(0.02);
});

test("a row of weight 0 does not count, and without rows nothing is off", () => {
  const predictions = Float32Array.of(0.5, 0.5, 9);
  const labels = Float32Array.of(0.5, 0.5, 0);
  expect(calibrationExcess(predictions, labels, Float32Array.of(1, 1, 0))).toBe(0);
  expect(calibrationExcess(predictions, labels, Float32Array.of(0, 0, 0))).toBe(0);
  expect(calibrationExcess(new Float32Array(), new Float32Array())).toBe(0);
});
