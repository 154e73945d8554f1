import { expect, test } from "vitest";
import { momentsOf, standardErrorOfMean } from "../../statistics/index.ts";

test("moments are those of the values that count, missing ones left out", () => {
  expect(momentsOf(Float32Array.of(2, 4, 4, 4, 5, 5, 7, 9), undefined)).toEqual({ mean: 5, deviation: 2 });
  expect(momentsOf(Float32Array.of(2, Number.NaN, 6), undefined)).toEqual({ mean: 4, deviation: 2 });
  expect(momentsOf(Float64Array.of(2, 100, 6), Float32Array.of(3, 0, 1))).toEqual({ mean: 3, deviation: Math.sqrt(3) });
  expect(momentsOf(Float32Array.of(7, 7), undefined)).toEqual({ mean: 7, deviation: 0 });
  for (const nothing of [Float32Array.of(), Float32Array.of(Number.NaN)]) {
    expect(momentsOf(nothing, undefined)).toEqual({ mean: 0, deviation: 0 });
  }
  expect(momentsOf(Float32Array.of(1, 2), Float32Array.of(0, 0))).toEqual({ mean: 0, deviation: 0 });
});

test("the error of a mean falls with the root of the rows, and a weight that is common to all changes nothing", () => {
  const values = Float64Array.of(1, 3, 1, 3);
  expect(standardErrorOfMean(values, undefined)).toBe(0.5);
  expect(standardErrorOfMean(values, Float32Array.of(7, 7, 7, 7))).toBeCloseTo(0.5, 12);
  const twice = Float64Array.from([...values, ...values, ...values, ...values]);
  expect(standardErrorOfMean(twice, undefined)).toBe(0.25);
  expect(standardErrorOfMean(values, Float32Array.of(1, 1, 0, 0))).toBeCloseTo(Math.sqrt(2) / 2, 12);
  expect(standardErrorOfMean(Float64Array.of(5, 5), undefined)).toBe(0);
});
