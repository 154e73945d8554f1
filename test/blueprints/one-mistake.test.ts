import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { parseBlueprint } from "../../blueprints/index.ts";
import { problemsOf } from "./fixtures.ts";

/** Every field once, so that every check between sections is at work. */
const FULL = `useCase: parcels
description: Call before the delivery?
decisionSpace: { actions: [call, text] }
context:
  weight: number
  city: category
  fragile: boolean
  customer: key
observations:
  answered: boolean
events:
  delivered: { fields: [late_min] }
  returned: {}
features:
  - weight
  - city
  - fragile
  - m_late: { mean: late_min, of: delivered, by: [city, customer], in: 3h }
  - n_returned: { count: true, of: returned, by: customer, in: 30d, open: true }
label:
  name: late
  when: kind == "delivered" and answered != false
  value: late_min
  aggregate: mean
  wait: 36h
  default: 12
model:
  objective: regression
  learner: xgboost
  depth: 3
policy:
  formulas:
    risk: if(fragile, late * 2, late)
    often: n_returned > 3 or city == "Rome"
  decide: if(risk > 15 and not often, "call", "text")
join:
  ttl: 4d
training:
  schedule: 0 4 * * *
  freshRows: 20%
  minRows: 10
  holdout: 10%
  metric: mse
retention:
  rows: 30d
  decisions: 5d
  answers: 5d
  repeats: 6d
`;

/** The same with another label, which the policy needs too. */
const SEVERAL = FULL.replace(
  /label:\n {2}name: late\n((?: {2}.*\n)*)/,
  (_, late: string) => `labels:
  late:
${late.replaceAll(/^/gm, "  ").trimEnd()}
  stars:
    when: kind == "returned"
    value: answered
    aggregate: any
    wait: 2d
    default: none
    objective: binary
`,
).replace("not often", "not often and stars > 0.2");

type Step = string | number;
const at = (tree: unknown, path: readonly Step[]): unknown =>
  path.reduce<unknown>((node, step) => (node as Record<Step, unknown>)[step], tree);

/** The ways to everything in the tree. */
function pathsIn(tree: unknown, path: readonly Step[] = []): readonly (readonly Step[])[] {
  if (typeof tree !== "object" || tree === null) return [path];
  return [
    ...(path.length === 0 ? [] : [path]),
    ...Object.keys(tree).flatMap((key) => pathsIn((tree as Record<string, unknown>)[key], [...path, key])),
  ];
}

/** A text with what stands at a path changed. */
function changed(
  whole: string,
  path: readonly Step[],
  change: (parent: Record<Step, unknown>, key: Step) => void,
): string {
  const tree = parse(whole) as unknown;
  change(at(tree, path.slice(0, -1)) as Record<Step, unknown>, path.at(-1)!);
  return stringify(tree, { lineWidth: 0 });
}

/** The ways whose last step is a name that the file does not choose. */
const fieldsOf = (paths: readonly (readonly Step[])[]) =>
  paths
    .filter((path) => {
      const [section] = path;
      if (path.length === 1) return true;
      if (section === "labels") return path.length === 3;
      if (section === "events") return path.length === 3 && path[2] === "fields";
      if (section === "features") return path.length === 4;
      if (section === "policy") return path.length === 2;
      return ["label", "model", "join", "training", "retention", "decisionSpace"].includes(section as string);
    })
    .filter((path) => typeof path.at(-1) === "string" && !/^\d+$/.test(path.at(-1) as string));

const wholes = [
  ["one label", FULL, 1],
  ["several labels", SEVERAL, 2],
] as const;

test.each(wholes)("the blueprint with %s that is broken here is a good one", (_, whole, labels) => {
  const paths = pathsIn(parse(whole));
  expect(parseBlueprint(whole).features).toHaveLength(5);
  expect(parseBlueprint(whole).labels).toHaveLength(labels);
  expect(paths.length).toBeGreaterThan(60);
  expect(fieldsOf(paths).length).toBeGreaterThan(40);
});

describe.each(wholes)(
  "with %s a value that can't be read is one problem: what depends on it is not judged",
  (_, whole) => {
    const paths = pathsIn(parse(whole));
    for (const [name, wrong] of [
      ["a list", [[["?"]]]],
      ["nothing", null],
      ["a text that is none of what it may be", "?!"],
    ] as const) {
      test.each(paths.map((path) => [path.join("."), path] as const))(`${name} at %s`, (_, path) => {
        const text = changed(whole, path, (parent, key) => (parent[key] = wrong));
        if (isUsable(text)) return;
        const problems = problemsOf(text);
        expect(problems.map(({ message }) => message)).toHaveLength(1);
        // An action may be any text: then the policy names one that is none.
        if (path[1] !== "actions") expect(problems[0]!.path.startsWith(String(path[0]))).toBe(true);
      });
    }
  },
);

/** A description or an action may be any text. */
function isUsable(text: string): boolean {
  try {
    parseBlueprint(text);
    return true;
  } catch {
    return false;
  }
}

describe.each(wholes)("with %s a mistyped name of a field is one problem, with the name that was meant", (_, whole) => {
  test.each(fieldsOf(pathsIn(parse(whole))).map((path) => [path.join("."), path] as const))("%s", (_, path) => {
    const name = path.at(-1) as string;
    const mistyped = name.length === 2 ? `${name}x` : `${name[0]}${name[2]}${name[1]}${name.slice(3)}`;
    if (mistyped === name) return;
    const text = changed(whole, path, (parent, key) => {
      parent[mistyped] = parent[key];
      delete parent[key];
    });
    const problems = problemsOf(text);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`unknown field "${mistyped}" (did you mean "${name}"?)`),
    ]);
  });
});

describe("a field that is there twice is one problem, whatever the second one says", () => {
  test.each([
    ["wait: 36h", "wait: 36h\n  wait: 300d"],
    ["objective: regression", "objective: regression\n  objective: binary"],
    ["ttl: 4d", "ttl: 4d\n  ttl: 90d"],
    ["answers: 5d", "answers: 5d\n  answers: 300d"],
    ["city: category", "city: category\n  city: number"],
    ["name: late", "name: late\n  name: other"],
    ["risk: if(fragile, late * 2, late)", "risk: late\n    risk: fragile"],
  ])("%s", (before, after) => {
    const problems = problemsOf(FULL.replace(before, after));
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining("is there twice")]);
  });
});

test("a declared name that can't be one is one problem, though the name that was meant is used elsewhere", () => {
  for (const [before, after] of [
    ["  weight: number", "  Weight: number"],
    ["  answered: boolean", "  Answered: boolean"],
    ["  delivered: {", "  Delivered: {"],
    ["[late_min]", "[Late_min]"],
    ["    risk: if", "    Risk: if"],
    ["name: late\n", "name: Late\n"],
  ] as const) {
    const problems = problemsOf(FULL.replace(before, after));
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining("is no name")]);
  }
});

test("a name that is known nowhere is told once, however often it is used", () => {
  const problems = problemsOf(FULL.replace("  delivered: {", "  delievered: {"));
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('unknown event "delivered" (did you mean "delievered"?)'),
  ]);
});

test("of YAML that can't be read the first error is told, not those that come of it", () => {
  for (const [before, after] of [
    ["  - weight\n", "- weight\n"],
    ["  weight: number", "  weight number"],
    ["  depth: 3", "\tdepth: 3"],
    ["schedule: 0 4", 'schedule: "0 4'],
  ] as const) {
    const problems = problemsOf(FULL.replace(before, after));
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/not valid YAML: .*\(.+\)$/)]);
  }
});
