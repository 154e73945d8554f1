import { describe, expect, test } from "vitest";
import { compileBlueprint, type Explorer } from "../../../blueprints/index.ts";
import { drawn } from "../../../operators/decide/draw-options.ts";
import { random } from "../random.ts";

const text = (exploration: string, policy = "choose: value"): string => `
useCase: shop
decisionSpace: { options: { one: number, two: number } }
context: { weight: number }
observations: { clicked: boolean }
features: [weight, one, two]
label: { name: click, value: clicked }
policy: { ${policy}, formulas: { value: one, a: one, b: two } }
exploration: ${exploration}
`;

const LARGE = [1e100, 1e153, 1e160, 1e250, 1e307, 1.7e308, Number.MAX_VALUE];
const SMALL = [5e-324, 1e-300, 1e-160, 1e-12];
const numbers = [...LARGE, ...SMALL, 0, 1, 0.3, 7, 1e9].flatMap((each) => [each, -each]);

const select = (
  own: { policy: ReturnType<typeof compileBlueprint>["policy"] },
  options: readonly (readonly number[])[],
) =>
  own.policy.options!.select(options.map(([one, two]) => ({ vector: [1, one!, two!], predictions: { click: 0.5 } })));

const KINDS = [
  "{ thompson: { normal: [a, b] }",
  "{ thompson: { beta: [a, b] }",
  "{ squareCb: 0",
  "{ squareCb: 1e12",
  "{ squareCb: b",
  "{ softmax: 1e-9",
  "{ softmax: 1e12",
  "{ epsilonGreedy: 0.3",
  "{ uniform: true",
];

describe("numbers of every size make probabilities that sum to 1", () => {
  test.each(KINDS.flatMap((kind) => [`${kind} }`, `${kind}, floor: 0.001 }`, `${kind}, floor: 0.01, share: 0.3 }`]))(
    "of a choice by %s",
    (exploration) => {
      const blueprint = compileBlueprint(text(exploration));
      const next = random(41);
      const any = (): number => numbers[Math.floor(next() * numbers.length)]!;
      for (let round = 0; round < 1_500; round++) {
        const options = Array.from({ length: 2 + Math.floor(next() * 4) }, () => [
          any(),
          round % 3 === 0 ? Math.abs(any()) : any(),
        ]);
        const selection = select(blueprint, options);
        const { shown, propensities, distribution } = drawn(
          { selection, isScored: true, isRanking: false, params: {}, seed: `s${round}` },
          blueprint.explorer,
        );
        if (selection.shown.length === 0) continue;
        expect(Math.abs(distribution.reduce((all, each) => all + each, 0) - 1)).toBeLessThanOrEqual(1e-12);
        expect(distribution.every((each) => each >= 0)).toBe(true);
        expect(propensities).toEqual([distribution[shown[0]!]]);
        expect(propensities[0]).toBeGreaterThan(0);
      }
    },
  );

  test.each([
    "{ plackettLuce: 1e-9 }",
    "{ plackettLuce: 1e12, floor: 0.01 }",
    "{ swap: 1 }",
    "{ uniform: true, share: 0.5 }",
  ])("of a ranking by %s", (exploration) => {
    const blueprint = compileBlueprint(text(exploration, "rank: value"));
    const next = random(42);
    for (let round = 0; round < 500; round++) {
      const options = Array.from({ length: 4 }, () => [numbers[Math.floor(next() * numbers.length)]!, 1]);
      const selection = select(blueprint, options);
      const { shown, propensities } = blueprint.explorer!.order(selection, true, next, {});
      expect(new Set(shown).size).toBe(selection.shown.length);
      for (const each of propensities) expect(each > 0 && each <= 1 + 1e-12).toBe(true);
    }
  });

  test("of heads", () => {
    const explorer: Explorer = compileBlueprint(text("{ bootstrap: 3, floor: 0.01 }")).explorer!;
    const next = random(43);
    const any = (): number => numbers[Math.floor(next() * numbers.length)]!;
    for (let round = 0; round < 500; round++) {
      const beliefs = Array.from({ length: 3 }, () => [any(), any(), any()]);
      const all = explorer.distribution({ scores: [any(), any(), any()], greedy: (round % 4) - 1, beliefs }, {});
      expect(Math.abs(all.reduce((sum, each) => sum + each, 0) - 1)).toBeLessThanOrEqual(1e-12);
    }
  });
});

test("a belief beyond the largest number that can be compared is not drawn, and where all are the policy decides alone", () => {
  const blueprint = compileBlueprint(text("{ thompson: { normal: [a, b] }, floor: 0.001 }"));
  const of = (options: readonly (readonly number[])[]) =>
    drawn(
      { selection: select(blueprint, options), isScored: true, isRanking: false, params: {}, seed: "s" },
      blueprint.explorer,
    );
  expect(
    of([
      [1.7e308, 1.7e308],
      [1.69e308, 1.7e308],
    ]),
  ).toMatchObject({ shown: [0], propensities: [1], distribution: [1, 0] });
  expect(
    of([
      [1, 1.1e100],
      [2, 1],
      [2, 1],
    ]).distribution,
  ).toEqual([0, expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
  expect(
    of([
      [1e100, 1e100],
      [1e100, 1e100],
    ]).distribution,
  ).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
});
