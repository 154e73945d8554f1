import { describe, expect, test } from "vitest";
import {
  canTrainOn,
  checkBlueprint,
  compileBlueprint,
  compileLabel,
  parseBlueprint,
} from "../../../blueprints/index.ts";
import { edited, problemsOf, SMALL } from "../fixtures.ts";

const VALUE = 'value: if(delay_min < 0, "early", if(delay_min < 15, "on_time", "late"))';
const CLASSES = edited(
  "decide: risk > 0.35",
  "decide: risk > 0.35 or delay_early < 0.1",
  edited(
    "    risk: delayed",
    "    risk: delay_late",
    edited(
      "  name: delayed",
      "  name: delay",
      edited("value: delay_min >= 15", `${VALUE}\n  classes: [early, on_time, late]`),
    ),
  ),
);

/** Without their places. */
const told = (text: string): readonly string[] =>
  problemsOf(text).map(({ message }) => message.replace(/^\S+ \S+: /, ""));

test("each class is a label under its name, whose prediction the policy names", () => {
  const { labels, label, training } = parseBlueprint(CLASSES);
  expect(labels.map(({ name, objective, default: fallback }) => [name, objective, fallback])).toEqual([
    ["delay_early", "binary", null],
    ["delay_on_time", "binary", null],
    ["delay_late", "binary", null],
  ]);
  expect(label).toBe(labels[0]);
  expect(label.oneOf).toEqual({ label: "delay", is: "early", classes: ["early", "on_time", "late"] });
  expect(training.metric).toBe("mlogloss");
  expect(checkBlueprint(CLASSES).warnings).toEqual([]);
  const { policy } = compileBlueprint(CLASSES);
  const decided = (late: number, early: number): unknown =>
    policy.decide([], { delay_late: late, delay_early: early, delay_on_time: 1 - late - early });
  expect([decided(0.4, 0.5), decided(0.2, 0.05), decided(0.2, 0.5)]).toEqual([true, true, false]);
});

test("an observation is 1 for its class and 0 for the others; a value that is no class does not count", () => {
  const text = edited(
    VALUE,
    "value: status",
    edited("features:", "observations: { status: category }\nfeatures:", CLASSES),
  );
  const read = parseBlueprint(text);
  const of = (status: unknown): readonly (number | null)[] =>
    read.labels.map((label) => compileLabel(read, label).valueOf({ kind: "arrival", status }));
  expect(of("on_time")).toEqual([0, 1, 0]);
  expect(of("cancelled")).toEqual([null, null, null]);
  expect(of(undefined)).toEqual([null, null, null]);
});

test("a class may be the default", () => {
  const { labels } = parseBlueprint(edited("  wait: 36h", "  wait: 36h\n  default: late", CLASSES));
  expect(labels.map(({ default: fallback }) => fallback)).toEqual([0, 0, 1]);
  expect(parseBlueprint(edited("  wait: 36h", "  wait: 36h\n  default: none", CLASSES)).version).toBe(
    parseBlueprint(CLASSES).version,
  );
});

test("other labels may stand beside it, in either form", () => {
  const several = CLASSES.replace(/label:\n {2}name: delay\n((?: {2}.*\n)+)/, (_, own: string) => {
    return `labels:\n  delay:\n${own.replaceAll(/^ {2}/gm, "    ")}  minutes: { value: delay_min, objective: quantile(0.9), wait: 36h }\n`;
  });
  const { labels } = parseBlueprint(several);
  expect(labels.map(({ name }) => name)).toEqual(["delay_early", "delay_on_time", "delay_late", "minutes"]);
  expect(labels.slice(0, 3)).toEqual(parseBlueprint(CLASSES).labels);
});

test("rows of a version with other classes are not learnt from", () => {
  const [before, after] = [
    parseBlueprint(CLASSES),
    parseBlueprint(
      edited(
        '"on_time", "late"',
        '"on_time", if(delay_min < 60, "late", "lost")',
        edited("on_time, late]", "on_time, late, lost]", CLASSES),
      ),
    ),
  ];
  expect(canTrainOn(after, before)).toMatchObject({ ok: false });
  expect(canTrainOn(before, before)).toMatchObject({ ok: true });
});

describe("what can't be one is refused", () => {
  test.each<readonly [string, string, string, RegExp]>([
    [
      "a text that is no class",
      '"on_time", "late"',
      '"on_time", "lat"',
      /^"lat" is none of the classes: early, on_time, late \(did you mean "late"\?\)/,
    ],
    ["a class that never comes", "late]", "late, lost]", /^the value is never "lost"/],
    ["a number", VALUE, "value: delay_min", /string|text/],
    ["one class", "[early, on_time, late]", "[late]", /^expected 2 to 20 classes, found 1/],
    ["a class twice", "on_time, late]", "on_time, late, late]", /^"late" is there twice/],
    ["a class that is no name", "[early,", '["Very early",', /"Very early" is no name/],
    [
      "an aggregate that makes numbers",
      "  wait: 36h",
      "  wait: 36h\n  aggregate: sum",
      /^sum makes no class of several classes \(use latest or earliest\)/,
    ],
    [
      "an objective",
      "  wait: 36h",
      "  wait: 36h\n  objective: binary",
      /^a label of classes has no objective of its own/,
    ],
    [
      "a default that is no class",
      "  wait: 36h",
      "  wait: 36h\n  default: lte",
      /^expected one of early, on_time, late, or none, found "lte" \(did you mean "late"\?\)/,
    ],
    [
      "a learner of sums",
      "  depth: 4",
      "  learner: linear",
      /^learner linear can't learn objective multiclass: its solver fits one sum a row/,
    ],
    [
      "the name of a feature",
      "  - distance\n",
      "  - distance\n  - delay_late: { count: true, of: arrival, by: tailnum, in: 1h }\n",
      /^"delay_late" is a feature already/,
    ],
    [
      "a policy that names the label",
      "risk: delay_late",
      "risk: delay",
      /^"delay" has a probability for each class \(write delay_early\)/,
    ],
    [
      "a metric of another objective",
      "freshRows: 20%",
      "metric: logLoss",
      /^logLoss can't judge objective multiclass \(use mlogloss, accuracy\)/,
    ],
  ])("%s", (_, before, after, problem) => {
    expect(told(edited(before, after, CLASSES))).toContainEqual(expect.stringMatching(problem));
  });

  test("the objective without classes, which are said", () => {
    const text = edited("  wait: 36h", "  wait: 36h\n  objective: multiclass", SMALL);
    expect(told(text)[0]).toMatch(/found "multiclass" \(a label of classes says them: classes: \[small, large\]\)/);
  });
});
