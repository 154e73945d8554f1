import { expect, test } from "vitest";
import { exp, log, sigmoid } from "../../../trainer/mlp/elementary.ts";
import { random } from "../../blueprints/random.ts";

const next = random(1);
const numbers = Array.from({ length: 2000 }, () => (next() - 0.5) * 10 ** (3 * next()));
const relative = (found: number, wanted: number): number => Math.abs(found - wanted) / Math.abs(wanted);

test("the exponential is the engine's within 1e-15, and stays finite", () => {
  for (const x of [0, 1, -1, 700, -700, 1e-9, ...numbers]) expect(relative(exp(x), Math.exp(x))).toBeLessThan(1e-15);
  expect([exp(1e9), exp(-1e9)]).toEqual([exp(700), exp(-700)]);
});

test("the logarithm is the engine's within 1e-15, from the smallest to the largest float32", () => {
  for (const power of [...numbers.map((x) => Math.abs(x) % 37), 38, -38]) {
    for (const x of [10 ** power, 10 ** -power]) {
      expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(1e-15 * Math.max(Math.abs(Math.log(x)), 0.5));
    }
  }
  expect([log(1), log(2), log(0.5)]).toEqual([0, Math.LN2, -Math.LN2]);
});

test("the sigmoid of x and that of -x sum to 1", () => {
  for (const x of numbers) expect(sigmoid(x) + sigmoid(-x)).toBeCloseTo(1, 14);
  expect([sigmoid(0), sigmoid(1e9)]).toEqual([0.5, 1]);
});
