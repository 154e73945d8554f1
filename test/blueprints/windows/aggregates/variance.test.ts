import { expect, test } from "vitest";
import { aggregate, insertEvent, type Tile } from "../../../../blueprints/index.ts";
import { holdsDefinition, valuesOf } from "./definition.ts";
import { populationVariance } from "./population.ts";

holdsDefinition("variance", (events) => populationVariance(valuesOf(events)));

test("the variance of large numbers that differ little is not lost", () => {
  let tile: Tile | null = null;
  for (let i = 0; i < 1_000; i++) tile = insertEvent(tile, i, [1_000_000 + (i % 2)]);
  expect(aggregate([tile], { from: 0, to: 1_000, open: false }, 0, "variance", 1)).toBe(0.25);
  let fractions: Tile | null = null;
  for (let i = 0; i < 1_000; i++) fractions = insertEvent(fractions, i, [1e9 + (i % 2) / 2]);
  expect(aggregate([fractions], { from: 0, to: 1_000, open: false }, 0, "variance", 1)).toBe(0.0625);
});
