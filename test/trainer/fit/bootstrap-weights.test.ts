import { expect, test } from "vitest";
import { bootstrapWeights } from "../../../trainer/fit/bootstrap-weights.ts";

const ids = Array.from({ length: 20_000 }, (_, n) => `decision-${n}`);

test("rows are in a head as often as in a sample with replacement", () => {
  const counts = bootstrapWeights(ids, 1, 0, undefined);
  const shareOf = (count: number): number => counts.filter((each) => each === count).length / ids.length;
  expect(counts.reduce((sum, count) => sum + count, 0) / ids.length).toBeCloseTo(1, 1);
  // Poisson: 1/e of the rows are left out, as many are in once, half as many twice.
  for (const [count, share] of [0.3679, 0.3679, 0.1839, 0.0613].entries())
    expect(Math.abs(shareOf(count) - share)).toBeLessThan(0.012);
});

test("a row is as often in a head, whatever rows are beside it; heads and seeds differ", () => {
  const [some, all] = [ids.slice(0, 500), bootstrapWeights(ids, 2, 7, undefined)];
  expect([...bootstrapWeights(some.toReversed(), 2, 7, undefined)].toReversed()).toEqual([...all.slice(0, 500)]);
  for (const [head, seed] of [
    [1, 7],
    [2, 8],
  ] as const)
    expect([...bootstrapWeights(some, head, seed, undefined)]).not.toEqual([...all.slice(0, 500)]);
});

test("rows keep their own weights", () => {
  const weights = Float32Array.from(ids.slice(0, 100), (_, at) => at / 10);
  const counts = bootstrapWeights(ids.slice(0, 100), 1, 0, undefined);
  const weighted = bootstrapWeights(ids.slice(0, 100), 1, 0, weights);
  for (const [at, weight] of weighted.entries()) expect(weight).toBeCloseTo(counts[at]! * weights[at]!, 5);
});
