import { expect, test } from "vitest";
import { compileBlueprint, type CompiledBlueprint } from "../../blueprints/index.ts";
import { rowOf } from "../../rows/index.ts";
import type { Joined } from "../../schemas/index.ts";
import { decision } from "../operators/parcels.ts";
import { HOUR, joinedOf, option, ranking, START, TEXT } from "./option-rows.ts";

const weighing = (weight: string, text = TEXT): CompiledBlueprint =>
  compileBlueprint(text.replace("minRows: 200", `minRows: 200, weight: ${JSON.stringify(weight)}`));
const weightsOf = (of: CompiledBlueprint, all: readonly Joined[]): readonly (number | null)[] =>
  all.map((joined) => of.weight!.of(rowOf(joined, of)));

test("rows of a ranking weigh by the position that was seen, as it was decided or observed", () => {
  const options = [option("b", 1, 2), option("a", 2, null), option("z", 3, 9)];
  const drawn = options.map((one) => ({ ...one, propensity: 0.5 }));
  const made = ranking("d", START, drawn, { propensity: 0.125 });
  const all = [
    joinedOf(made, 0, { label: 1 }),
    joinedOf(made, 1, { label: 1, position: 7 }),
    joinedOf(made, 1, { label: 0, position: 7 }),
    joinedOf(made, 2, { label: 1 }),
  ];
  expect(weightsOf(weighing("if(click, optionPosition, 1)"), all)).toEqual([1, 7, 1, 3]);
  expect(weightsOf(weighing("if(click, at, 1)"), all)).toEqual([1, 7, 1, 3]);
  expect(weightsOf(weighing("1 + 9 * click"), all)).toEqual([10, 10, 1, 10]);
  expect(weightsOf(weighing('if(option == "z", age, optionScore / propensity)'), all)).toEqual([0.5, 0.5, 0.5, 9]);
  expect(weightsOf(weighing("1 + gap"), all)).toEqual([4, null, null, null]);
});

test("the row of a choice weighs by the probability of its option", () => {
  const text = TEXT.replace("  - at: { shownPosition: 1, observed: place }\n", "").replace(
    "rank: { score: click, show: 3 }",
    "choose: click",
  );
  const made = (propensity: number | null) =>
    joinedOf(ranking("d", START, [option("b", 1, 2)], { features: [5, null, null, null], propensity }), 0);
  const all = [made(0.25), made(0.001), made(null)];
  expect(weightsOf(weighing("1 / max(propensity, 0.01)", text), all)).toEqual([4, 100, null]);
  expect(weightsOf(weighing("optionPosition * age", text), all)).toEqual([2, 2, 2]);
});

test("rows of values weigh by features of each type, and labels where there are several", () => {
  const of = weighing(
    'if(plan == "paid", 2, 1) * if(night, 3, 1) * if(late, 5, 1) + coalesce(stay, 0)',
    `
useCase: articles
decisionSpace: boolean
context: { plan: category, night: boolean }
observations: { minutes: number }
features: [plan, night]
labels:
  late: { value: minutes > 10, wait: 1h }
  stay: { value: minutes, wait: 1h, objective: regression }
policy: { decide: late > 0.5 }
training: { minRows: 200 }
`,
  );
  const joined = (features: readonly (string | number | null)[], late: number, stay: number | null): Joined => {
    const { version } = of.blueprint;
    const made = decision("d", START, { useCase: "articles", blueprintVersion: version, features: [...features] });
    return {
      ...{ decision: made, label: late, labelTime: null, rowTime: START + HOUR, maturity: "mature" },
      ...{ others: [{ name: "stay", label: stay, labelTime: null }], waiting: [], settled: [] },
      ...{ option: null, position: null },
    };
  };
  const all = [joined(["paid", 1], 1, 0.5), joined(["free", 0], 0, null), joined([null, 1], 1, 2)];
  expect(weightsOf(of, all)).toEqual([30.5, 1, null]);
});
