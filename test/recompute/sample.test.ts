import { expect, test } from "vitest";
import { sampler } from "../../recompute/sample.ts";

const ids = Array.from({ length: 20_000 }, (_, i) => `decision-${i}`);
const sampled = (salt: string, share: number): readonly string[] => ids.filter(sampler(salt, share));

test("a sample has about its share of the decisions, and those of a smaller one are in a larger one", () => {
  const small = sampled("salt", 0.01);
  const large = new Set(sampled("salt", 0.1));
  expect(Math.abs(small.length - 200)).toBeLessThan(45);
  expect(Math.abs(large.size - 2_000)).toBeLessThan(130);
  expect(small.every((id) => large.has(id))).toBe(true);
});

test("it is the same each time, another with another salt, and everything at 1", () => {
  expect(sampled("salt", 0.01)).toEqual(sampled("salt", 0.01));
  expect(sampled("salt", 0.01)).not.toEqual(sampled("pepper", 0.01));
  expect(sampled("salt", 1)).toHaveLength(ids.length);
});
