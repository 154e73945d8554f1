import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { edited, problemsOf } from "../fixtures.ts";

const QUANTILE = "value: delay_min\n  objective: quantile(0.9)";
const quantile = (text = QUANTILE): string => edited("value: delay_min >= 15", text);

/** Without their places. */
const told = (text: string): readonly string[] =>
  problemsOf(text).map(({ message }) => message.replace(/^\S+ \S+: /, ""));

test("a label may be a quantile, however its share is written, and is judged by the pinball loss", () => {
  const read = parseBlueprint(quantile());
  expect(read).toMatchObject({ label: { objective: "quantile(0.9)" }, training: { metric: "pinball" } });
  const other = parseBlueprint(quantile('value: delay_min\n  objective: " quantile( .90 ) "'));
  expect(other.version).toBe(read.version);
  expect(parseBlueprint(quantile("value: delay_min\n  objective: quantile(0.5)")).version).not.toBe(read.version);
});

test("the whole model may have it", () => {
  const text = edited("depth: 4", "depth: 4\n  objective: quantile(0.5)", quantile("value: delay_min"));
  expect(parseBlueprint(text)).toMatchObject({
    model: { objective: "quantile(0.5)" },
    label: { objective: "quantile(0.5)" },
  });
});

describe("what can't be one is refused", () => {
  test.each<readonly [string, string, RegExp]>([
    [
      "without a share",
      "quantile",
      /^quantile needs a share from 0.001 to 0.999 in parentheses, found "quantile" \(write quantile\(0.9\)\)/,
    ],
    ["as a percentage", "quantile(90)", /write quantile\(0.9\)/],
    [
      "as a percentile",
      "p95",
      /^expected binary \| regression \| quantile\(0.9\), found "p95" \(write quantile\(0.95\)\)/,
    ],
    ["of all labels", "quantile(1)", /needs a share/],
    ["of no number", "quantile(most)", /needs a share/],
  ])("%s", (_, objective, problem) => {
    expect(told(quantile(`value: delay_min\n  objective: ${objective}`))[0]).toMatch(problem);
  });

  test("of a label that is 0 or 1", () => {
    expect(told(quantile("value: delay_min >= 15\n  objective: quantile(0.9)"))).toEqual([
      expect.stringMatching(/^the label is 0 or 1, and objective quantile\(0.9\) needs numbers/) as string,
    ]);
  });

  test("by a learner that can't learn it, with the reason", () => {
    const text = edited("  depth: 4", "  learner: linear", quantile());
    expect(told(text)[0]).toMatch(
      /^learner linear can't learn objective quantile: its solver steps by the curve of the loss.* \(use binary or regression, or learner: xgboost or mlp or constant or auto\)/,
    );
  });

  test("by trees on lines, whether the label or the model has it", () => {
    const refused =
      /^learner xgboost can't learn objective quantile: its margin linear is learnt by the curve of the loss.*leave model.margin out/;
    expect(told(edited("  depth: 4", "  depth: 4\n  margin: linear", quantile()))[0]).toMatch(refused);
    const ofModel = "  depth: 4\n  margin: linear\n  objective: quantile(0.5)";
    expect(told(edited("  depth: 4", ofModel, quantile("value: delay_min")))[0]).toMatch(refused);
  });

  test("by a metric of another objective, and by the absolute error unless it is the median", () => {
    const judged = (metric: string, share: number): string =>
      edited("freshRows: 20%", `metric: ${metric}`, quantile(`value: delay_min\n  objective: quantile(${share})`));
    expect(told(judged("mse", 0.9))[0]).toMatch(/^mse can't judge objective quantile\(0.9\) \(use pinball\)/);
    expect(told(judged("mae", 0.9))[0]).toMatch(/^mae can't judge/);
    expect(parseBlueprint(judged("mae", 0.5)).training.metric).toBe("mae");
  });
});
