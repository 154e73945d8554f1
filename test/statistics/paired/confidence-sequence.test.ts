import { expect, test } from "vitest";
import { confidenceSequence } from "../../../statistics/index.ts";

function randomOf(seed: number): () => number {
  let state = seed + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Whether the lower bound of the mean of a stream exceeds 0 at one of twenty looks, and at how many numbers. */
function promotedAt(draw: () => number, most: number, looks = 20): number | undefined {
  let [sum, squares] = [0, 0];
  for (let count = 1; count <= most; count++) {
    const value = draw();
    sum += value;
    squares += value * value;
    if (count % (most / looks) !== 0) continue;
    const mean = sum / count;
    if (confidenceSequence(mean, squares / count - mean * mean, count)[0] > 0) return count;
  }
  return undefined;
}

/** Differences of log losses of two models that are as good: their probabilities err apart, and a row is 0 or 1 by the truth. */
function equalModels(random: () => number): () => number {
  return () => {
    const truth = 0.05 + 0.9 * random();
    const [ours, theirs] = [0.7 + 0.6 * random(), 0.7 + 0.6 * random()].map((times) => Math.min(0.99, truth * times));
    const label = random() < truth ? 1 : 0;
    const loss = (probability: number): number => -Math.log(label === 1 ? probability : 1 - probability);
    return loss(theirs!) - loss(ours!);
  };
}

test.each([600, 2_000, 10_000])(
  "%i rows: of 400 pairs of equal models one in twenty is promoted at most, over 20 looks together",
  (rows) => {
    let promoted = 0;
    for (let seed = 0; seed < 400; seed++) {
      if (promotedAt(equalModels(randomOf(seed * 7_919)), rows) !== undefined) promoted++;
    }
    expect(promoted / 400).toBeLessThanOrEqual(0.05);
  },
);

test("a gain of a tenth of its deviation is found within 2,500 rows, nearly always", () => {
  let found = 0;
  for (let seed = 0; seed < 200; seed++) {
    const random = randomOf(seed * 104_729);
    // Of variance 1/12.
    if (promotedAt(() => random() - 0.5 + 0.1 / Math.sqrt(12), 2_500) !== undefined) found++;
  }
  expect(found / 200).toBeGreaterThan(0.95);
});

test("the bounds lie around the mean, and are wider than those of one look", () => {
  const [low, high] = confidenceSequence(0.3, 4, 5_000);
  expect(0.3 - low).toBeCloseTo(high - 0.3, 12);
  const one = 1.6449 * Math.sqrt(4 / 5_000);
  expect((high - low) / 2).toBeGreaterThan(1.4 * one);
  expect((high - low) / 2).toBeLessThan(2.2 * one);
});
