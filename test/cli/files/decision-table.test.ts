import { expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { decisionTable } from "../../../cli/files/index.ts";

const columnsOf = (exploration: string): readonly string[] => {
  const { blueprint } = compileBlueprint(`
useCase: shop
decisionSpace: { options: { price: number } }
context: { weight: number }
observations: { clicked: boolean }
features: [weight, price]
label: { name: click, value: clicked }
policy: { choose: click, formulas: { one: price, two: price + 1 } }
exploration: ${exploration}
`);
  return decisionTable(blueprint, { all: () => [], version: () => undefined }).columns.map(({ name }) => name);
};

test.each([
  ["{ bootstrap: 3 }", true],
  ["{ squareCb: one }", true],
  ["{ thompson: { normal: [one, two] } }", true],
  ["{ squareCb: 9 }", false],
  ["{ softmax: 0.5 }", false],
])("decisions of %s have a column of beliefs: %s", (exploration, has) => {
  const columns = columnsOf(exploration);
  expect(columns).toContain("scores");
  expect(columns.includes("beliefs")).toBe(has);
});
