import { describe, expect, test } from "vitest";
import {
  canTrainOn,
  checkBlueprint,
  compareBlueprints,
  compilePolicy,
  parseBlueprint,
  typeChanges,
  type Blueprint,
} from "../../../blueprints/index.ts";
import { edited, FLIGHTS, LABEL, problemsOf, SEVERAL, SMALL } from "../fixtures.ts";

const several = (before = "", after = ""): Blueprint =>
  parseBlueprint(before === "" ? SEVERAL : edited(before, after, SEVERAL));
const one = parseBlueprint(SMALL);

test("labels come in the order of the file, each with what it does not say", () => {
  const { label, labels } = several();
  expect(labels).toEqual([
    {
      ...{ name: "delayed", when: 'kind == "arrival"', value: "delay_min >= 15", aggregate: "latest" },
      ...{ waitMs: 129_600_000, default: null, objective: "binary" },
    },
    {
      ...{ name: "minutes", when: null, value: "delay_min", aggregate: "sum" },
      ...{ waitMs: 172_800_000, default: 0, objective: "regression" },
    },
  ]);
  expect(label).toBe(labels[0]);
});

describe("a blueprint with one label", () => {
  test("is the same version in either form, and the one it was before there were several", () => {
    const long = edited(
      LABEL,
      LABEL.replace("label:\n  name: delayed\n", "labels:\n  delayed:\n")
        .replaceAll("\n  w", "\n    w")
        .replace("\n  v", "\n    v"),
    );
    expect(parseBlueprint(long)).toMatchObject({ version: one.version, label: one.label, labels: [one.label] });
    expect([parseBlueprint(FLIGHTS).version, one.version]).toEqual(["208c0b9504ab", "edafdc876867"]);
  });

  test("may have an objective of its own, which a new model is then judged by", () => {
    const text = edited("value: delay_min >= 15", "value: delay_min\n  objective: regression");
    expect(parseBlueprint(text)).toMatchObject({ label: { objective: "regression" }, training: { metric: "mse" } });
    expect(parseBlueprint(edited("wait: 36h", "wait: 36h\n  objective: binary")).version).toBe(one.version);
  });
});

test.each([
  ["beside label", "labels:\n", `${LABEL}labels:\n`, /^label and labels are both there/],
  ["without one", /labels:\n.*\n.*\n/, "labels: {}\n", /^at least one label is needed/],
  ["as a list", /labels:\n.*\n.*\n/, "labels: [delayed]\n", /^expected a section of names and labels, found a list/],
  [
    "as one of them",
    /labels:\n.*\n.*\n/,
    LABEL.replace("label:", "labels:"),
    /^expected names and labels, found one label/,
  ],
  [
    "in the short form",
    "labels:\n",
    "label:\n",
    /^expected one label, found names and labels \(write labels: for several\)/,
  ],
  ["under another word", "labels:\n", "targets:\n", /^unknown field "targets" \(did you mean "labels"\?\)/],
  ["mistyped", "labels:\n", "lables:\n", /^unknown field "lables" \(did you mean "labels"\?\)/],
  ["with the name of a feature", "minutes: {", "distance: {", /^"distance" is a feature already/],
  ["with a name that is none", "minutes: {", "Minutes: {", /"Minutes"/],
  ["with a name twice", "minutes: {", "delayed: {", /^"delayed" is there twice/],
  ["with a key that is none", "wait: 2d,", "wait: 2d, nam: x,", /^unknown field "nam"/],
  ["with an objective that is none", "objective: regression", "objective: ranking", /found "ranking"/],
  ["with a sum to be learnt as a probability", ", objective: regression", "", /^sum makes a label that is not 0 or 1/],
  ["that wait longer than the join", "  ttl: 48h", "  ttl: 40h", /^40h is shorter than labels\.minutes\.wait, 2d/],
  ["that the policy misspells", "decide: risk > 0.35", "decide: minute > 3", /"minute".*did you mean "minutes"/],
  [
    "with the column of a feature",
    "- distance\n",
    "- distance\n  - label_delayed: { count: true, of: arrival, by: tailnum, in: 1h }\n",
    /^"label_delayed" is a feature already, and a column of this label/,
  ],
] as const)("labels %s are told of once", (_, before, after, what) => {
  const text = SEVERAL.replace(before, after);
  expect(text).not.toBe(SEVERAL);
  const problems = problemsOf(text);
  expect(problems.map(({ message }) => message)).toHaveLength(1);
  expect(problems[0]!.message.replace(/^\S+ \S+: /, "")).toMatch(what);
});

describe("the policy", () => {
  test("names each prediction by its label, and is null where one that it needs is missing", () => {
    const { decide } = compilePolicy(several("decide: risk > 0.35", "decide: risk > 0.35 and minutes > 10"));
    expect(decide([], { delayed: 0.5, minutes: 11 })).toBe(true);
    expect(decide([], { delayed: 0.5, minutes: 9 })).toBe(false);
    expect(decide([], { delayed: 0.5 })).toBe(null);
  });

  test("is doubted by each label's own objective", () => {
    const warnings = (bound: string): readonly string[] =>
      checkBlueprint(edited("decide: risk > 0.35", `decide: ${bound}`, SEVERAL)).warnings.map(({ message }) => message);
    expect(warnings("minutes > 30")).toEqual([]);
    expect(warnings("delayed > 30")).toEqual([expect.stringContaining("delayed > 30 is never true")]);
  });
});

describe("versions", () => {
  const texts = (before: Blueprint, after: Blueprint): readonly string[] =>
    compareBlueprints(before, after).map(({ text }) => text);

  test("are compared label by label", () => {
    expect(texts(several(), several("wait: 2d", "wait: 1d"))).toEqual(["labels.minutes.wait: 2d → 1d"]);
    expect(texts(one, several())).toEqual([
      "labels.minutes.when: added, none",
      "labels.minutes.value: added, delay_min",
      "labels.minutes.aggregate: added, sum",
      "labels.minutes.wait: added, 2d",
      "labels.minutes.default: added, 0",
      "labels.minutes.objective: added, regression",
    ]);
    const renamed = parseBlueprint(SMALL.replaceAll("delayed", "late"));
    expect(texts(several(), renamed)).toContain("labels.late.wait: added, 36h");
    const turned = parseBlueprint(SEVERAL.replace(/( {2}delayed: .*\n)( {2}minutes: .*\n)/, "$2$1"));
    expect(turned.version).not.toBe(several().version);
    expect(texts(several(), turned)).toContain("labels: in another order");
  });

  test("train on rows whose labels have theirs among them, by definition and not by name", () => {
    expect(canTrainOn(one, several())).toMatchObject({ ok: true, reason: "its 5 features and label are among theirs" });
    expect(canTrainOn(several(), several())).toMatchObject({ ok: true, reason: "the same features and labels" });
    expect(canTrainOn(several(), one)).toMatchObject({ ok: false, reason: "labels.minutes: no such label there" });
    expect(canTrainOn(one, several("delay_min >= 15", "delay_min >= 20"))).toMatchObject({
      ok: false,
      reason: "label.value: delay_min >= 15 here, delay_min >= 20 there",
    });
    expect(canTrainOn(several(), several("wait: 2d", "wait: 1d")).reason).toBe(
      "labels.minutes.wait: 2d here, 1d there",
    );
    const renamed = parseBlueprint(SEVERAL.replace("delayed: {", "late: {").replace("risk: delayed", "risk: late"));
    expect(canTrainOn(one, renamed).reason).toBe("label: no label delayed there");
  });

  test("whose label has the column that is a category of another are refused together", () => {
    const context = SMALL.replace("  distance: number\n", "  distance: number\n  label_minutes: category\n");
    const other = parseBlueprint(context.replace("  - distance\n", "  - distance\n  - label_minutes\n"));
    expect(typeChanges(several(), [other])).toMatchObject([{ path: "features.label_minutes", before: "category" }]);
  });
});
