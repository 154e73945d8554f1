import { expect, test } from "vitest";
import { figureText } from "../../trainer/index.ts";

test("a metric has its decimals, and four digits where they would say nothing of its size", () => {
  const shown = [0, 0.38334123, 12.5, 0.001, 0.0004567891, -0.00012, 2.9412e-26, 2.175156746184934e28, 1234567.8];
  expect(shown.map((value) => figureText(value, 5))).toEqual([
    ...["0.00000", "0.38334", "12.50000", "0.00100", "0.0004568", "-0.00012", "2.941e-26", "2.175e+28", "1235000"],
  ]);
});
