import { expect, test } from "vitest";
import { populationStability } from "../../statistics/index.ts";
import { random } from "../blueprints/random.ts";

const draw = random(21);
const uniform = (count: number, from: number, to: number): Float32Array =>
  Float32Array.from({ length: count }, () => from + (to - from) * draw());

test("numbers of one distribution lie alike, and it grows with their distance", () => {
  const former = uniform(20_000, 0, 1);
  const near = populationStability(former, uniform(20_000, 0, 1));
  const some = populationStability(former, uniform(20_000, 0.05, 1.05));
  const much = populationStability(former, uniform(20_000, 0.3, 1.3));
  expect(near).toBeLessThan(0.002);
  expect(some).toBeGreaterThan(10 * near);
  expect(much).toBeGreaterThan(5 * some);
});

test("of codes it is the sum over codes and the missing ones, as written down", () => {
  const former = Float32Array.of(0, 0, 0, 1, Number.NaN);
  const newer = Float32Array.of(0, 1, 1, 2);
  // Codes 0, 1, 2 and missing, each with half a row more.
  const p = [3.5, 1.5, 0.5, 1.5].map((count) => count / 7);
  const q = [1.5, 2.5, 1.5, 0.5].map((count) => count / 6);
  const sum = p.reduce((all, share, bin) => all + (q[bin]! - share) * Math.log(q[bin]! / share), 0);
  expect(populationStability(former, newer, true)).toBeCloseTo(sum, 12);
});

test("values that are missing where they were not are a drift, equal numbers are none, and without numbers there is none", () => {
  const former = uniform(1_000, 0, 1);
  const gone = former.map((value, at) => (at % 2 === 0 ? Number.NaN : value));
  expect(populationStability(former, gone)).toBeGreaterThan(0.25);
  const same = new Float32Array(100).fill(7);
  expect(populationStability(same, same)).toBe(0);
  expect(populationStability(new Float32Array(), former)).toBe(0);
  expect(populationStability(former, new Float32Array())).toBe(0);
});
