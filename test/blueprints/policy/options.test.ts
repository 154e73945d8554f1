import { describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/read/compiled-blueprint.ts";
import { optionVector } from "../../../blueprints/index.ts";
import { problemsOf } from "../fixtures.ts";
import { random } from "../random.ts";

const text = (policy: string, features = "[weight, age, genre, { fresh: { formula: weight - age } }]"): string => `
useCase: articles
decisionSpace: { options: { age: number, genre: category } }
context: { weight: number }
observations: { place: number, clicked: boolean }
features: ${features}
label: { name: click, value: clicked, default: 0 }
policy: ${policy}
`;

/** All problems, as they are printed. */
const said = (blueprint: string): string =>
  problemsOf(blueprint)
    .map(({ message }) => message)
    .join("\n");

interface Option {
  readonly age: number | null;
  readonly genre: string | null;
  readonly click: number | null;
}

/** Which options are shown, by their indexes. */
function shown(policy: string, options: readonly Option[], isScored = true): readonly number[] {
  const compiled = compileBlueprint(text(policy));
  const { slots } = compiled.options!;
  expect(slots).toEqual([1, 2, 3]);
  const scored = options.map(({ age, genre, click }) => ({
    vector: optionVector([5, null, null, null], [age, genre, age === null ? null : 5 - age], { slots }),
    predictions: isScored ? { ...(click === null ? {} : { click }) } : null,
  }));
  return compiled.policy.options!.select(scored, { w: 1 }).shown;
}
const option = (click: number | null, age: number | null = 1, genre: string | null = "a"): Option => ({
  ...{ click, age, genre },
});

describe("choose", () => {
  test("takes the highest score, and of equal ones the earlier", () => {
    expect(shown("{ choose: click }", [option(0.1), option(0.7), option(0.7), option(0.2)])).toEqual([1]);
  });

  test("never takes an option without a score, nor an excluded one", () => {
    expect(shown("{ choose: click }", [option(null), option(0.1)])).toEqual([1]);
    expect(shown("{ choose: click }", [option(null), option(null)])).toEqual([]);
    expect(shown("{ choose: 1 / age }", [option(0.5, 0), option(0.5, 2)])).toEqual([1]);
    expect(shown("{ choose: { score: click, exclude: age > 3 } }", [option(0.9, 4), option(0.1, 3)])).toEqual([1]);
    expect(shown("{ choose: { score: click, exclude: age > 3 } }", [option(0.9, 4)])).toEqual([]);
    expect(shown("{ choose: click }", [])).toEqual([]);
  });

  test("takes the first one without a model, if it is not excluded", () => {
    const policy = "{ choose: { score: -age, exclude: age > 3 } }";
    expect(shown(policy, [option(null, 4), option(null, 3), option(null, 1)], false)).toEqual([1]);
  });
});

describe("rank", () => {
  test("orders by score, of equal ones as they came, and puts missing scores last", () => {
    expect(shown("{ rank: click }", [option(null), option(0.2), option(0.9), option(0.2), option(null)])).toEqual([
      ...[2, 1, 3, 0, 4],
    ]);
    expect(shown("{ rank: click }", [])).toEqual([]);
  });

  test("is the order of the request without a model, within the constraints", () => {
    const options = [option(null, 9), option(null, 1), option(null, 2), option(null, 3)];
    expect(shown("{ rank: { score: age, show: 2, exclude: age > 5 } }", options, false)).toEqual([1, 2]);
  });

  test("shows required options before others, in the order of the scores, and excluded ones never", () => {
    const options = [option(0.9), option(0.8), option(0.1, 7), option(0.05, 8), option(0.01, 9)];
    const policy = "{ rank: { score: click, show: 3, require: age > 6, exclude: age > 8 } }";
    expect(shown(policy, options)).toEqual([0, 2, 3]);
  });

  test("fills a category to its limit; a missing one is never full, and required options count", () => {
    const options = [option(0.9), option(0.8), option(0.7), option(0.6, 1, null), option(0.5, 1, "b"), option(0.1, 7)];
    expect(shown("{ rank: { score: click, atMost: { genre: 1 } } }", options)).toEqual([0, 3, 4]);
    expect(shown("{ rank: { score: click, atMost: { genre: 1 }, require: age > 6 } }", options)).toEqual([3, 4, 5]);
  });

  test("a limit may be of a formula that gives a text", () => {
    const policy = `{ formulas: { old: 'if(age > 3, "old", "new")' }, rank: { score: click, atMost: { old: 1 } } }`;
    expect(shown(policy, [option(0.9, 4), option(0.8, 5), option(0.7), option(0.6)])).toEqual([0, 2]);
  });

  test("no other selection within a category's limit has a larger sum of scores: 300 random cases, all subsets", () => {
    const next = random(7);
    for (let round = 0; round < 300; round++) {
      const count = 1 + Math.floor(next() * 8);
      const options = Array.from({ length: count }, () =>
        option(Math.floor(next() * 6) / 4, 1, next() < 0.1 ? null : "abc"[Math.floor(next() * 3)]!),
      );
      const [show, most] = [1 + Math.floor(next() * count), 1 + Math.floor(next() * 3)];
      const picked = shown(`{ rank: { score: click, show: ${show}, atMost: { genre: ${most} } } }`, options);
      const fits = (some: readonly Option[]): boolean =>
        some.length <= show && "abc".split("").every((one) => some.filter(({ genre }) => genre === one).length <= most);
      const sum = (some: readonly Option[]): number => some.reduce((all, { click }) => all + click!, 0);
      const subsets = Array.from({ length: 2 ** count }, (_, bits) => options.filter((__, at) => bits & (1 << at)));
      const chosen = picked.map((at) => options[at]!);
      expect(fits(chosen)).toBe(true);
      expect(sum(chosen)).toBe(Math.max(...subsets.filter(fits).map(sum)));
      expect(chosen.map(({ click }) => click)).toEqual(chosen.map(({ click }) => click!).sort((a, b) => b - a));
    }
  });
});

describe("features of options", () => {
  test("are those that read an entry of them, or a feature that does, and a constant is none", () => {
    const compiled = compileBlueprint(
      text(
        "{ rank: click }",
        "[weight, { double: { formula: weight * 2 } }, { gap: { formula: double - age } }, option, { at: { shownPosition: 2, observed: place } }]",
      ),
    );
    expect(compiled.options).toMatchObject({
      slots: [2, 3],
      idSlot: 3,
      isRanking: true,
      positions: [{ index: 4, observed: "place" }],
    });
    expect(compiled.options!.entries).toEqual(
      new Map([
        ["age", "number"],
        ["genre", "category"],
      ]),
    );
  });

  test.each([
    ["{ decide: click > 0.5 }", undefined, /policy\.decide: decides in the space boolean or number or actions/],
    ["{ rank: clik }", undefined, /policy\.rank: unknown name "clik" \(did you mean "click"\?\)/],
    ["{ rank: genre }", undefined, /policy\.rank: expected a number/],
    ["{ rank: { score: click, atMost: { age: 2 } } }", undefined, /"age" is a number, and no category/],
    ["{ rank: { score: click, atMost: { gendre: 2 } } }", undefined, /there is no "gendre" \(did you mean "genre"\?\)/],
    [
      "{ rank: { score: click, show: 0 } }",
      undefined,
      /policy\.rank\.show: expected a whole number from 1 to 500, found 0/,
    ],
    ["{ rank: { show: 3 } }", undefined, /policy\.rank\.score: missing field "score"/],
    ["{ rank: { score: click, exclude: age } }", undefined, /expected a boolean, "age" is a number/],
    ["{ choose: click, rank: click }", undefined, /"choose" and "rank" are both there \(a policy has one rule\)/],
    ["{ assign: { a: 1 } }", undefined, /decides in the space actions, the decision space is options/],
    [
      "{ choose: click }",
      "[age, { at: { shownPosition: 1 } }]",
      /"at" is a position, and "choose" shows no options in order/,
    ],
    [
      "{ rank: click }",
      "[age, { at: { shownPosition: 1, observed: plaice } }]",
      /"plaice" is no entry of observations \(did you mean "place"\?\)/,
    ],
    [
      "{ rank: click }",
      "[age, { at: { shownPosition: 1, observed: place } }, { top: { shownPosition: 2 } }]",
      /"place" tells the position "at", and the decision "top" \(an option has one position: write the same observed\)/,
    ],
    [
      "{ rank: click }",
      "[{ optionScore: { formula: age * 2 } }]",
      /"optionScore" is a column of every row of an option/,
    ],
  ])("%s with %s is refused", (policy, features, message) => {
    expect(said(text(policy, features))).toMatch(message);
  });

  test("may be the position twice, as one entry tells it", () => {
    const features =
      "[age, { at: { shownPosition: 1, observed: place } }, { low: { shownPosition: 9, observed: place } }]";
    expect(compileBlueprint(text("{ rank: click }", features)).options!.positions).toEqual([
      { index: 1, observed: "place" },
      { index: 2, observed: "place" },
    ]);
  });

  test("of actions belong to choose and rank only", () => {
    const actions = (policy: string): string =>
      text(policy, "[weight, kbps]").replace(
        "{ options: { age: number, genre: category } }",
        "{ actions: { a: { kbps: 1 }, b: { kbps: 2 } } }",
      );
    expect(compileBlueprint(actions("{ choose: click }")).options).toMatchObject({ slots: [1], isRanking: false });
    expect(said(actions(`{ decide: 'if(click > 0.5, "a", "b")' }`))).toMatch(
      /"kbps" is a feature of the options, and "decide" scores none/,
    );
    const twice = actions("{ choose: click }").replace(
      "context: { weight: number }",
      "context: { weight: number, kbps: number }",
    );
    expect(said(twice)).toMatch(/"kbps" is an entry of the options and of the context/);
    expect(said(actions("{ assign: { a: 0.5, b: 0.4 } }"))).toMatch(/the shares sum to 0\.9/);
    expect(said(actions("{ assign: { a: 1 } }"))).toMatch(/action "b" has no share/);
    expect(said(actions("{ assign: { a: 0.5, c: 0.5 } }"))).toMatch(/"c" is no action/);
  });

  test("entries of options have names that the context has not", () => {
    const twice = text("{ rank: click }").replace("age: number,", "age: number, weight: number,");
    expect(said(twice)).toMatch(/"weight" is an entry of the context too/);
    expect(said(text("{ rank: click }").replace("age: number,", "age: number, option: number,"))).toMatch(
      /"option" is the id of each option/,
    );
  });
});
