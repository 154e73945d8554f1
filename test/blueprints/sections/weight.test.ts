import { describe, expect, test } from "vitest";
import {
  canTrainOn,
  checkBlueprint,
  compareBlueprints,
  compileBlueprint,
  parseBlueprint,
} from "../../../blueprints/index.ts";
import { problemsOf } from "../fixtures.ts";

const TEXT = `useCase: articles
decisionSpace: { options: { age: number, genre: category } }
context: { plan: category, night: boolean, due: time }
observations: { read: boolean, minutes: number }
features:
  - plan
  - night
  - age
  - genre
  - due_hour: { calendar: hour, at: due }
  - place: { shownPosition: 1 }
labels:
  clicked: { value: read, default: 0 }
  liked: { value: minutes > 3, aggregate: any, default: 0 }
  stay: { value: minutes, aggregate: sum, objective: regression }
policy: { rank: clicked }
training: { minRows: 50 }
`;
const weighing = (weight: string, text = TEXT): string =>
  text.replace("minRows: 50", `minRows: 50, weight: ${JSON.stringify(weight)}`);

describe("a weight", () => {
  test.each([
    "if(clicked, optionPosition, 1)",
    "1 / max(propensity, 0.01)",
    "min(1 / max(propensity, 0.01), 20)",
    'if(plan == "paid", 2, 1)',
    "1 + 9 * clicked",
    "if(clicked and not liked, 3, 1)",
    "if(not clicked or night, 3, 1)",
    "if(clicked == 1, place, 1)",
    "if(clicked, 1, 0) + liked + stay",
    "let(p, coalesce(propensity, 1), min(1 / p, 20))",
    "if(if(clicked, liked, 0) > 0, 2, 1)",
    'if(genre == "news" and age < 3, due_hour + 1, optionScore)',
    "clicked",
  ])("may be %s", (weight) => {
    const { blueprint, warnings } = checkBlueprint(weighing(weight));
    expect(warnings).toEqual([]);
    expect(blueprint.training.weight).toBe(weight);
  });

  test("may be a formula of features of the name of a column that other rows have", () => {
    const text = TEXT.replace("{ plan: category,", "{ plan: category, optionScore: number,")
      .replace("features:", "features:\n  - optionScore")
      .replace("  - age\n  - genre\n", "")
      .replace("  - place: { shownPosition: 1 }\n", "")
      .replace(/decisionSpace: .*/, "decisionSpace: boolean")
      .replace("rank: clicked", "decide: clicked > 0.5");
    expect(parseBlueprint(weighing("optionScore", text)).training.weight).toBe("optionScore");
  });

  test("does not guess between a label and a column of one name", () => {
    const named = TEXT.replace("  clicked:", "  optionScore:").replace("rank: clicked", "rank: liked");
    expect(problemsOf(weighing("1 + optionScore", named))).toMatchObject([
      {
        path: "training.weight",
        hint: "give the label another name",
        message: expect.stringContaining('"optionScore" is a label, and a column of the rows') as string,
      },
    ]);
    expect(parseBlueprint(weighing("1 + liked", named)).training.weight).toBe("1 + liked");
  });

  test("is not judged by names of parts that could not be read", () => {
    expect(problemsOf(weighing("zzzzzz", TEXT.replace("aggregate: sum", "aggregate: zum")))).toHaveLength(2);
    expect(problemsOf(weighing("zzzzzz", TEXT.replace("  - night", "  - knight")))).toMatchObject([
      { path: expect.stringContaining("features") as string },
    ]);
    expect(problemsOf(weighing("optionPosition", TEXT.replace("rank: clicked", "rank: klicked")))).toMatchObject([
      { path: "policy.rank" },
    ]);
  });
});

describe("of two versions, one with a weight", () => {
  const plain = parseBlueprint(TEXT);
  const weighed = parseBlueprint(weighing("1 + 9 * clicked"));

  test("the other has the name that it had before there were weights", () => {
    expect(plain.version).toBe("1bf4f55c9204");
    expect(weighed.version).not.toBe(plain.version);
    expect(parseBlueprint(weighing("1  +  9*clicked")).version).toBe(weighed.version);
    expect(parseBlueprint(weighing("1 + 8 * clicked")).version).not.toBe(weighed.version);
  });

  test("the difference is told, and each may train on the rows of the other", () => {
    expect(compareBlueprints(plain, weighed).map(({ text }) => text)).toEqual([
      "training.weight: added, 1 + 9 * clicked",
    ]);
    expect(compareBlueprints(weighed, plain).map(({ text }) => text)).toEqual([
      "training.weight: removed, was 1 + 9 * clicked",
    ]);
    for (const [a, b] of [
      [plain, weighed],
      [weighed, plain],
    ] as const) {
      expect(canTrainOn(a, b)).toMatchObject({ ok: true, incompatibilities: [] });
    }
  });
});

describe("the weight of a row", () => {
  const row = {
    ...{ plan: "paid", night: 1, age: 2, genre: "news", due_hour: 5, place: 4 },
    ...{ propensity: 0.25, optionId: "a", optionPosition: 4, optionScore: 0.5 },
    ...{ label: 1, label_clicked: 1, label_liked: 0, label_stay: 7.5 },
  };
  const weightOf = (weight: string, changes: Readonly<Record<string, unknown>> = {}, text = TEXT) =>
    compileBlueprint(weighing(weight, text)).weight!.of({ ...row, ...changes });

  test.each([
    ["if(clicked, optionPosition, 1)", {}, 4],
    ["if(clicked, optionPosition, 1)", { label_clicked: 0 }, 1],
    ["1 + 9 * clicked", {}, 10],
    ["1 + 9 * clicked", { label_clicked: 0 }, 1],
    ["if(not liked and clicked, 3, 2)", {}, 3],
    ["1 / max(propensity, 0.01)", {}, 4],
    ["1 / max(propensity, 0.01)", { propensity: 0.001 }, 100],
    ["1 / max(propensity, 0.01)", { propensity: null }, null],
    ["1 / coalesce(propensity, 1)", { propensity: null }, 1],
    ['if(plan == "paid", 2, 1)', {}, 2],
    ['if(plan == "paid", 2, 1)', { plan: "free" }, 1],
    ['if(plan == "paid", 2, 1)', { plan: null }, null],
    ["if(night, 3, 1)", {}, 3],
    ["if(night, 3, 1)", { night: 0 }, 1],
    ["if(night, 3, 1)", { night: null }, null],
    ["stay + place + due_hour + optionScore", {}, 17],
    ["stay", { label_stay: null }, null],
    ["stay", { label_stay: Number.NaN }, null],
    ["1 - age", {}, null],
    ["1 / (age - 2)", {}, null],
    ["age - 2", {}, 0],
    ["stay", { label_stay: 1e15 }, 1e15],
    ["stay", { label_stay: 1.1e15 }, null],
    ["stay", { label_stay: Number.POSITIVE_INFINITY }, null],
    ["exp(stay)", { label_stay: 1000 }, null],
  ])("%s of %o is %d", (weight, changes, expected) => {
    expect(weightOf(weight, changes)).toBe(expected);
  });

  test("reads an only label from the column label", () => {
    const one = TEXT.replace(/labels:\n[^]*policy/, "label: { name: clicked, value: read, default: 0 }\npolicy");
    expect(weightOf("1 + clicked", { label: 0, label_clicked: 1 }, one)).toBe(1);
  });

  test.each([
    ["1 / max(propensity, 0.01)", { propensity: null }, "propensity is missing"],
    ["1 / (age - 2)", {}, "1 / (age - 2): division by zero"],
    ["log(stay)", { label_stay: -1 }, "log(stay) is no finite number"],
    ["log(stay) + log(age)", { label_stay: 3, age: -4 }, "log(age) is no finite number"],
    ["pow(stay, 999)", {}, "pow(stay, 999) is no finite number"],
    ["stay * stay", { label_stay: 1e300 }, "stay * stay is no finite number"],
    ["1 - age", {}, "it is negative"],
    ["stay", { label_stay: 1e16 }, "it is beyond 1000000000000000"],
  ])("%s is not there for a reason without the row's numbers: %o", (weight, changes, expected) => {
    expect(compileBlueprint(weighing(weight)).weight!.why({ ...row, ...changes })).toBe(expected);
  });

  test("waits for the labels that it names, and for no others", () => {
    const text = TEXT.replace("aggregate: sum,", "aggregate: sum, wait: 7d,");
    const waits = (weight: string, maturities: Readonly<Record<string, string>>) =>
      compileBlueprint(weighing(weight, text)).weight!.waits({ ...row, ...maturities });
    const partly = { maturity_clicked: "mature", maturity_liked: "mature", maturity_stay: "waiting" };
    expect([waits("stay", partly), waits("clicked", partly)]).toEqual([true, false]);
    expect(waits("stay", { ...partly, maturity_stay: "mature" })).toBe(false);
  });
});
