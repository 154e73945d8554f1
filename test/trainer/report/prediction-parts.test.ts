import { describe, expect, test } from "vitest";
import { predictionParts, type MarginParts } from "../../../trainer/report/prediction-parts.ts";
import { random } from "../../blueprints/random.ts";

const COLUMNS = 5;
const softmax = (margins: readonly number[]): readonly number[] => {
  const sum = margins.reduce((total, margin) => total + Math.exp(margin), 0);
  return margins.map((margin) => Math.exp(margin) / sum);
};
const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

function drawn(classes: number, size: number, seed: number): readonly MarginParts[] {
  const next = random(seed);
  return Array.from({ length: classes }, () => ({
    base: next() * 2 - 1,
    parts: Float64Array.from({ length: COLUMNS }, () => (next() * 2 - 1) * size),
  }));
}

/** By how much each class moves while the margins go the straight way in small steps, shared out by their parts. */
function stepByStep(margins: readonly MarginParts[], steps: number): readonly number[][] {
  const moved = margins.map(({ parts }) => total(parts));
  const found = margins.map(() => new Array<number>(COLUMNS).fill(0));
  for (let step = 0; step < steps; step++) {
    const chances = softmax(margins.map(({ base }, at) => base + ((step + 0.5) / steps) * moved[at]!));
    for (const [one, own] of found.entries()) {
      for (let column = 0; column < COLUMNS; column++) {
        for (const [other, { parts }] of margins.entries()) {
          const slope = chances[one]! * ((one === other ? 1 : 0) - chances[other]!);
          own[column]! += (slope * parts[column]!) / steps;
        }
      }
    }
  }
  return found;
}

describe("the parts of probabilities of classes", () => {
  test.each([
    [2, 0.3],
    [3, 2],
    [5, 6],
  ])("of %i are those of ten thousand steps of the way, with parts up to %d", (classes, size) => {
    for (let seed = 1; seed <= 5; seed++) {
      const margins = drawn(classes, size, seed);
      const parts = predictionParts("softmax", margins);
      for (const [at, own] of stepByStep(margins, 10_000).entries())
        for (const [column, value] of own.entries()) expect(parts[at]![column]).toBeCloseTo(value, 6);
    }
  });

  test("sum to what each probability is moved by, and over the classes to nothing", () => {
    const margins = drawn(4, 3, 9);
    const parts = predictionParts("softmax", margins);
    const before = softmax(margins.map(({ base }) => base));
    const after = softmax(margins.map(({ base, parts: own }) => base + total(own)));
    for (const [at, own] of parts.entries()) expect(total(own)).toBeCloseTo(after[at]! - before[at]!, 9);
    for (let column = 0; column < COLUMNS; column++) expect(total(parts.map((own) => own[column]!))).toBeCloseTo(0, 12);
  });

  test("are those of a probability of one label where there are two", () => {
    const [first, second] = drawn(2, 2, 4) as readonly [MarginParts, MarginParts];
    const odds = { base: second.base - first.base, parts: second.parts.map((part, at) => part - first.parts[at]!) };
    const [one] = predictionParts("logistic", [odds]);
    const [, other] = predictionParts("softmax", [first, second]);
    for (const [column, value] of one!.entries()) expect(other![column]).toBeCloseTo(value, 9);
  });

  test("of a margin that nothing moves go by the slope where it stands", () => {
    const margins = [
      { base: 0.5, parts: Float64Array.of(1, -1) },
      { base: 0, parts: Float64Array.of(0, 0) },
    ];
    const [chance] = softmax([0.5, 0]) as [number];
    const [own] = predictionParts("softmax", margins);
    expect(own![0]).toBeCloseTo(chance * (1 - chance), 12);
    expect(own![1]).toBeCloseTo(-chance * (1 - chance), 12);
    expect(predictionParts("identity", margins)[0]).toEqual(margins[0]!.parts);
  });
});
