import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import {
  BlueprintError,
  checkBlueprint,
  compileFormula,
  compileLabel,
  parseBlueprint,
  parseDuration,
  type FormulaValue,
  type LabelAggregate,
} from "../../blueprints/index.ts";
import { BOUNDS, CONTEXT_TYPES } from "../../blueprints/defaults.ts";
import { FORMULA_FUNCTIONS, FORMULA_WORDS } from "../../blueprints/formula/functions.ts";
import { OPERATORS } from "../../blueprints/formula/ast.ts";
import { labelAggregates } from "../../blueprints/labels/aggregates/index.ts";
import { RunningLabel } from "../../blueprints/labels/running-label.ts";
import { sections } from "../../blueprints/sections/index.ts";
import { blueprintReference } from "../../blueprints/sections/reference.ts";
import { featureKinds } from "../../blueprints/features/kinds/index.ts";
import { aggregate } from "../../blueprints/windows/aggregate.ts";
import { windowAggregates } from "../../blueprints/windows/aggregates/index.ts";
import { insertEvent, type Tile } from "../../blueprints/windows/tile.ts";
import { root } from "../source-graph.ts";

const page = readFileSync(join(root, "docs/blueprint.md"), "utf8");

type Row = readonly string[];
/** The rows of each table whose first cells of the head are these. */
function tables(...head: readonly string[]): readonly (readonly Row[])[] {
  const found: Row[][] = [];
  let current: Row[] | undefined;
  for (const line of page.split("\n")) {
    const cells = line.startsWith("|")
      ? line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim())
      : undefined;
    if (cells === undefined) current = undefined;
    else if (current !== undefined) {
      if (!/^:?-+:?$/.test(cells[0]!)) current.push(cells);
    } else if (head.every((name, at) => cells[at] === name)) found.push((current = []));
    else current = [];
  }
  return found;
}
const code = (cell: string): string => /^`(.*)`$/.exec(cell)?.[1] ?? expect.fail(`${cell} is not in backticks`);

const wholes = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);
const keys = tables("key", "what it is").flat();

describe("the blueprints on the page", () => {
  test.each(wholes.map((text) => [(parse(text) as { useCase: string }).useCase, text]))(
    "%s is one, without a warning",
    (_, text) => {
      expect(checkBlueprint(text).warnings).toEqual([]);
    },
  );

  test("there is one for each objective, and one with both", () => {
    const objectives = wholes.map((text) => parseBlueprint(text).labels.map(({ objective }) => objective));
    expect(objectives).toEqual([["binary"], ["regression"], ["binary"], ["binary", "regression"]]);
  });
});

describe("the keys on the page", () => {
  test("are those of the code, with type, default and bounds, and no others", () => {
    expect(keys.map(([path, , type, unsaid, bounds]) => ({ path: code(path!), type, unsaid, bounds }))).toEqual(
      blueprintReference(),
    );
  });

  test("are all that any section takes", () => {
    const [text] = wholes as [string];
    const refused = problemsWith(text, ["zzzzzz"], true)
      .join()
      .match(/known: ([\w, ]+)/)![1]!;
    expect(refused.split(", ")).toEqual(sections.map(({ name }) => name));
    const taken = sections.flatMap(({ keys }) => Object.keys(keys()));
    expect(blueprintReference()).toHaveLength(sections.length + taken.length);
  });

  test("are refused where they are mistyped, and only they are taken", () => {
    const [text] = wholes as [string];
    for (const { name: section, keys } of sections) {
      const names = Object.keys(keys()).map((key) => key.split(".").at(-1)!);
      if (names.length === 0) continue;
      const path = PLACES[section as string] ?? [section];
      if (section === "features") continue;
      for (const name of [...names, "zzzzzz"]) {
        const messages = problemsWith(text, [...path, name], { nonsense: { of: "all" } });
        expect(
          messages.some((message) => message.includes(`unknown field "${name}"`)),
          `${section}.${name}`,
        ).toBe(name === "zzzzzz");
      }
    }
  });

  test.each(featureKinds.all().filter(({ written }) => written === "section"))(
    "of the feature kind $name are taken by it, and no others",
    (kind) => {
      const [text] = wholes as [string];
      for (const name of [...Object.keys(kind.keys()), "zzzzzz"]) {
        const section = { [kind.marks()[0]!]: { nonsense: 1 }, [name]: { nonsense: 1 } };
        const messages = problemsWith(text, PLACES["features"]!, section);
        expect(
          messages.some((message) => message.includes(`unknown field "${name}"`)),
          name,
        ).toBe(name === "zzzzzz");
      }
    },
  );

  test.each(keys.map((row) => [code(row[0]!), code(row[5]!)]))("the example of %s is taken: %s", (path, example) => {
    const [[name, value]] = Object.entries(parse(example) as Record<string, unknown>) as [[string, unknown]];
    expect(path.split(".").at(-1)).toBe(name);
    const steps = path
      .replace("events.KIND", "events.scan")
      .replace("features.NAME", "features.m_scan")
      .replace("tables.TABLE", "tables.depots")
      .replace("labels.NAME", "labels.late")
      .split(".");
    const kind = featureKinds.all().find((each) => steps[0] === "features" && Object.hasOwn(each.keys(), name));
    const problems = wholes.map((text) => problemsWith(text, placeOf(text, steps, kind?.name), value));
    expect(
      problems.some(({ length }) => length === 0),
      JSON.stringify(problems),
    ).toBe(true);
  });

  test("every bound of the code is on the page", () => {
    const limits = tables("limit", "value")
      .flat()
      .map(([name, value]) => [code(name!), Number(value!.replaceAll(",", ""))]);
    for (const [name, value] of limits) expect(BOUNDS[name as keyof typeof BOUNDS], String(name)).toBe(value);
    const inRows = blueprintReference()
      .map(({ bounds }) => bounds)
      .join(" ");
    for (const [name, bound] of Object.entries(BOUNDS)) {
      if (typeof bound !== "number") continue;
      const isLimit = limits.some(([limit]) => limit === name);
      expect(isLimit || new RegExp(`\\b${bound}\\b`).test(inRows), name).toBe(true);
    }
  });
});

type Step = string | number;

const marksOf = (kind: string | undefined): readonly string[] =>
  kind === undefined ? [] : featureKinds.get(kind).marks();

/** Where the first blueprint has, or would have, what the file gives names to. */
const PLACES: Readonly<Record<string, readonly Step[]>> = {
  events: ["events", "scan"],
  features: ["features", 3, "m_scan"],
  labels: ["labels", "late"],
  tables: ["tables", "depots"],
};

/** The place of a key in this text: features are a list, and a section may be missing. */
function placeOf(text: string, [section, name, ...rest]: readonly string[], kind: string | undefined): readonly Step[] {
  if (section !== "features" || name === undefined) return [section!, ...(name === undefined ? [] : [name]), ...rest];
  const features = (parse(text) as { features: readonly unknown[] }).features;
  const at = features.findIndex(
    (each) => typeof each === "object" && marksOf(kind).some((mark) => mark in Object.values(each as object)[0]),
  );
  return [section, at, Object.keys(features[at] ?? {})[0] ?? name, ...rest];
}

/** What is said about a text in which a value was put at a place; one aggregate replaces the other. */
function problemsWith(text: string, path: readonly Step[], value: unknown): readonly string[] {
  const tree = parse(text) as Record<Step, unknown>;
  let at = tree;
  for (const step of path.slice(0, -1)) {
    if (typeof at[step] !== "object" || at[step] === null) at[step] = {};
    at = at[step] as Record<Step, unknown>;
  }
  const name = path.at(-1)!;
  const aggregates: readonly Step[] = windowAggregates.names();
  if (aggregates.includes(name)) for (const other of aggregates) delete at[other];
  at[name] = value;
  try {
    parseBlueprint(stringify(tree, { lineWidth: 0 }));
    return [];
  } catch (error) {
    if (error instanceof BlueprintError) return error.problems.map(({ message }) => message);
    throw error;
  }
}

test("the types on the page are those of the code", () => {
  expect(
    tables("type", "is")
      .flat()
      .map(([type]) => code(type!)),
  ).toEqual(CONTEXT_TYPES);
});

describe("the aggregates on the page are those of the code, and come to what is said", () => {
  const [windows, labels] = tables("aggregate", "comes to") as [readonly Row[], readonly Row[]];

  test("of windows", () => {
    expect(windows.map(([name]) => code(name!))).toEqual(windowAggregates.names());
    const hour = 3_600_000;
    const tileOf = (...events: readonly (readonly [hours: number, value: number | null])[]): Tile =>
      events.reduce<Tile | null>((tile, [hours, value]) => insertEvent(tile, hours * hour, [value]), null)!;
    const examples = [[tileOf([4, 4], [5, 1], [6, null], [7, 3])], [], [tileOf([7, null])], [tileOf([7, 7], [7, 5])]];
    for (const [name, ...said] of windows) {
      const kind = code(name!);
      const found = examples.map((tiles) => aggregate(tiles, { from: 0, to: 8 * hour, open: false }, 0, kind, 1, hour));
      expect(
        found.map((value) => (value === null ? "missing" : String(value))),
        kind,
      ).toEqual(said);
    }
  });

  test("of labels", () => {
    expect(labels.map(([name]) => code(name!))).toEqual(labelAggregates.names());
    for (const [name, value, binary] of labels) {
      const kind = code(name!) as LabelAggregate;
      const config = { name: "y", when: null, value: "late", aggregate: kind, waitMs: 1, default: null };
      const declared = { observations: { late: "number" as const }, events: {} };
      const label = new RunningLabel(compileLabel(declared, config));
      for (const [time, value] of [4, 1, 0, 3].entries()) label.add({ time, values: { late: value } });
      expect(label.value?.value, kind).toBe(Number(value));
      expect(labelAggregates.get(kind).binary === "never" ? "no" : "yes", kind).toBe(binary);
    }
  });
});

describe("the formulas on the page", () => {
  const operators = tables("operators, the loosest first").flat();
  const functions = tables("function", "is").flat();
  const names = { x: "number", y: "number", ok: "boolean", city: "string", gone: "number" } as const;
  const values: Readonly<Record<string, FormulaValue>> = { x: 2, y: 0.5, ok: true, city: "Rome", gone: null };

  test("use the operators of the code, in their order, and its functions", () => {
    expect(operators.map(([operator]) => code(operator!))).toEqual(OPERATORS.flat());
    expect(functions.map(([name]) => code(name!))).toEqual(["if", ...FORMULA_FUNCTIONS.keys()]);
  });

  test.each([
    ...operators.map(([name, example, value]) => [code(name!), code(example!), value!]),
    ...functions.map(([name, , example, value]) => [code(name!), code(example!), value!]),
  ])("%s: %s is %s", (name, example, value) => {
    expect(example).toContain(name);
    expect(String(compileFormula(example!, names).evaluate((name) => values[name]))).toBe(value);
  });

  test("say how many arguments a function takes", () => {
    for (const [name, is] of functions) {
      const { minArguments = 3, maxArguments = 3 } = FORMULA_FUNCTIONS.get(code(name!)) ?? {};
      if (minArguments !== maxArguments) expect(is).toContain(`${minArguments} to ${maxArguments}`);
    }
  });

  test("name the words that can't be names", () => {
    const [sentence] = /The words of formulas are none: .*/.exec(page)!;
    expect([...sentence.matchAll(/`(\w+)`/g)].map((match) => match[1])).toEqual([...FORMULA_WORDS]);
  });
});

test("the durations on the page are what is said", () => {
  const durations = tables("duration", "ms").flat();
  expect(durations).toHaveLength(5);
  for (const [text, ms] of durations) expect(parseDuration(code(text!)), text).toBe(Number(ms!.replaceAll(",", "")));
});

test.each(
  tables("in the first blueprint above", "warning")
    .flat()
    .map(([line, warning]) => [code(line!), code(warning!)]),
)("%s is warned of: %s", (line, warning) => {
  const name = line.slice(0, line.indexOf(":"));
  const text = wholes[0]!.replace(new RegExp(`^( +)${name}: .*$`, "m"), (_, indent: string) => `${indent}${line}`);
  expect(checkBlueprint(text).warnings.map(({ message }) => message)).toContainEqual(expect.stringContaining(warning));
});
