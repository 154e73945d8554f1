import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import {
  BlueprintError,
  checkBlueprint,
  compileFormula,
  compileLabel,
  FormulaError,
  parseBlueprint,
  parseDuration,
  type FormulaValue,
  type LabelAggregate,
} from "../../blueprints/index.ts";
import { BOUNDS, CONTEXT_TYPES, DEFAULTS } from "../../blueprints/defaults.ts";
import { FORMULA_FUNCTIONS, FORMULA_WORDS, MOST_ARGUMENTS } from "../../blueprints/formula/functions.ts";
import { OPERATORS } from "../../blueprints/formula/ast.ts";
import { episodeLearnerKinds } from "../../blueprints/episodes/learners.ts";
import { labelAggregates } from "../../blueprints/labels/aggregates/index.ts";
import { RunningLabel } from "../../blueprints/labels/running-label.ts";
import { learnerKinds, parametersOf } from "../../blueprints/learners/index.ts";
import { policyRules } from "../../blueprints/policy/rules/index.ts";
import { sections } from "../../blueprints/sections/index.ts";
import { blueprintReference } from "../../blueprints/sections/reference.ts";
import { explorationKinds } from "../../blueprints/exploration/kinds/index.ts";
import { featureKinds } from "../../blueprints/features/kinds/index.ts";
import { aggregate } from "../../blueprints/windows/aggregate.ts";
import { windowAggregates } from "../../blueprints/windows/aggregates/index.ts";
import { insertEvent, type Tile } from "../../blueprints/windows/tile.ts";
import { random } from "../blueprints/random.ts";
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

  test("there is one for each objective, one with two, one with classes, and one with those beside another label", () => {
    const objectives = wholes.map((text) => parseBlueprint(text).labels.map(({ objective }) => objective));
    expect(objectives).toEqual([
      ["binary"],
      ["regression"],
      ["binary"],
      ["binary", "regression"],
      ["binary"],
      ["binary"],
      ["regression", "binary"],
      ["binary", "binary", "binary"],
      ["binary", "binary", "quantile(0.9)"],
    ]);
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
      const names = Object.keys(keys())
        .filter(
          (key) => !["policy", "exploration", "learning", "ladder", "episodes"].includes(section) || !key.includes("."),
        )
        .map((key) => key.split(".").at(-1)!)
        .filter((key) => section !== "model" || !learnerOf(key));
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

  test.each(policyRules.all().filter(({ keys }) => Object.keys(keys()).length > 0))(
    "of the rule $name are taken by it, and no others",
    ({ name: rule, keys }) => {
      const text = wholes.find((each) => parseBlueprint(each).policy.rule.kind === rule)!;
      for (const name of [...Object.keys(keys()), "zzzzzz"]) {
        const messages = problemsWith(text, ["policy", rule], { score: "late", [name]: { nonsense: 1 } });
        expect(
          messages.some((message) => message.includes(`unknown field "${name}"`)),
          name,
        ).toBe(name === "zzzzzz");
      }
    },
  );

  test.each(explorationKinds.all().filter(({ keys }) => Object.keys(keys()).length > 0))(
    "of the exploration $name are taken by it, and no others",
    ({ name: kind, keys, draws }) => {
      const rule = draws.includes("ranking") ? "rank" : "choose";
      const text = wholes.find((each) => parseBlueprint(each).policy.rule.kind === rule)!;
      for (const name of [...Object.keys(keys()), "zzzzzz"]) {
        const messages = problemsWith(text, ["exploration"], { [kind]: { [name]: { nonsense: 1 } } });
        expect(
          messages.some((message) => message.includes(`unknown field "${name}"`)),
          name,
        ).toBe(name === "zzzzzz");
      }
    },
  );

  test.each(learnerKinds.all())("of the learner $name are taken by it, and no others", (kind) => {
    const [text] = wholes as [string];
    for (const name of [...Object.keys(parametersOf(kind)), "zzzzzz"]) {
      const messages = problemsWith(text, ["model"], { learner: kind.name, [name]: { nonsense: 1 } });
      expect(
        messages.some((message) => message.includes(`unknown field "${name}"`)),
        name,
      ).toBe(name === "zzzzzz");
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
      .replace("guardrails.NAME", "guardrails.late")
      .split(".");
    const kind = featureKinds.all().find((each) => steps[0] === "features" && Object.hasOwn(each.keys(), name));
    const learner = steps[0] === "model" && learnerOf(name);
    const ofEpisodes = path.startsWith("episodes.learn.") && episodeLearnerOf(name);
    const problems = wholes.map((text) =>
      learner
        ? problemsWith(text, ["model"], { learner, [name]: value })
        : ofEpisodes
          ? problemsWith(text, ["episodes", "learn"], { learner: ofEpisodes, [name]: value })
          : problemsWith(text, placeOf(text, steps, kind?.name), value),
    );
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

const episodeLearnerOf = (parameter: string) =>
  episodeLearnerKinds.all().find(({ parameters }) => Object.hasOwn(parameters, parameter))?.name;
/** The learner of a parameter that the default learner does not have. */
function learnerOf(name: string): string | undefined {
  const [first, ...others] = learnerKinds.all().filter((kind) => Object.hasOwn(parametersOf(kind), name));
  return first === undefined || [first, ...others].some((kind) => kind.name === DEFAULTS.learner)
    ? undefined
    : first.name;
}

/** The place of a key in this text: features are a list, and a section may be missing. */
function placeOf(text: string, [section, name, ...rest]: readonly string[], kind: string | undefined): readonly Step[] {
  if (section !== "features" || name === undefined) return [section!, ...(name === undefined ? [] : [name]), ...rest];
  const features = (parse(text) as { features: readonly unknown[] }).features;
  const at = features.findIndex(
    (each) => typeof each === "object" && marksOf(kind).some((mark) => mark in Object.values(each as object)[0]),
  );
  return [section, at, Object.keys(features[at] ?? {})[0] ?? name, ...rest];
}

/** What is said about a text in which a value was put at a place; one aggregate or rule replaces the other. */
function problemsWith(text: string, path: readonly Step[], value: unknown): readonly string[] {
  const tree = parse(text) as Record<Step, unknown>;
  let at = tree;
  for (const step of path.slice(0, -1)) {
    if (typeof at[step] !== "object" || at[step] === null) at[step] = {};
    at = at[step] as Record<Step, unknown>;
  }
  const name = path.at(-1)!;
  const kinds = [windowAggregates.names(), policyRules.names(), explorationKinds.names(), ["beta", "normal"]];
  for (const alike of kinds as readonly (readonly Step[])[])
    if (alike.includes(name)) for (const other of alike) delete at[other];
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
    expect(labels.map(([name]) => code(name!).replace(/\(.*/, ""))).toEqual(labelAggregates.names());
    for (const [name, value, binary] of labels) {
      const kind = code(name!) as LabelAggregate;
      const config = { name: "y", when: null, value: "late", aggregate: kind, waitMs: 1, default: null };
      const declared = { observations: { late: "number" as const }, events: {} };
      const label = new RunningLabel(compileLabel(declared, config));
      for (const [time, value] of [4, 1, 0, 3].entries()) label.add({ time, values: { late: value } });
      expect(label.value?.value, kind).toBe(Number(value));
      expect(labelAggregates.get(kind.replace(/\(.*/, "")).binary === "never" ? "no" : "yes", kind).toBe(binary);
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
    expect(functions.map(([name]) => code(name!))).toEqual(["if", "let", "coalesce", ...FORMULA_FUNCTIONS.keys()]);
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
      const few = code(name!) === "coalesce" ? { minArguments: 2, maxArguments: MOST_ARGUMENTS } : {};
      const { minArguments = 3, maxArguments = 3 } = FORMULA_FUNCTIONS.get(code(name!)) ?? few;
      if (minArguments !== maxArguments) expect(is).toContain(`${minArguments} to ${maxArguments}`);
    }
  });

  test("have a grammar of which every program is read, and types are all that can be wrong with it", () => {
    const rules = new Map(
      /```ebnf\n([\s\S]*?)```/
        .exec(page)![1]!
        .split(";\n")
        .flatMap((line) => {
          const [name, definition] = line.split(/ = ([\s\S]*)/);
          return definition === undefined ? [] : [[name!.trim(), definition.trim()] as const];
        }),
    );
    const wrong =
      /needs a (number|boolean)|never equals|of one type|arguments?, found|is the name of something|null has no order/;
    let right = 0;
    for (let seed = 1; seed <= 3000; seed++) {
      const program = derived(rules, "formula", random(seed));
      try {
        compileFormula(program, names);
        right++;
      } catch (error) {
        expect(error, program).toBeInstanceOf(FormulaError);
        expect((error as Error).message).toMatch(wrong);
      }
    }
    expect(right).toBeGreaterThan(300);
  });

  test("name the words that can't be names", () => {
    const [sentence] = /The words of formulas are none: .*/.exec(page)!;
    expect([...sentence.matchAll(/`(\w+)`/g)].map((match) => match[1])).toEqual([...FORMULA_WORDS]);
  });
});

/** A random program of an EBNF: what is deep takes the shortest way out. */
function derived(rules: ReadonlyMap<string, string>, start: string, next: () => number): string {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;
  const leaves: Readonly<Record<string, () => string>> = {
    number: () => pick(["1", "0.5", ".5", "1e3", "12"]),
    text: () => pick(['"Rome"', "'it\\'s'"]),
    name: () => pick(["x", "y", "ok", "city", "gone"]),
    function: () => pick(["if", "coalesce", ...FORMULA_FUNCTIONS.keys()]),
  };
  let depth = 0;
  const parse = (text: string): string => {
    const alternatives = split(text, "|");
    if (alternatives.length > 1) {
      // The last but one of a primary that ends is a name.
      const ends = alternatives.filter((each) => !/call|formula|^"-"|^"not"/.test(each));
      return parse(pick(depth > 12 && ends.length > 0 ? ends : alternatives));
    }
    return split(text, ",")
      .map(one)
      .join(pick(["", " "]) === "" ? " " : "  ");
  };
  const one = (part: string): string => {
    const [open, inner] = [part[0], part.slice(1, -1).trim()];
    if (open === '"') return part.slice(1, -1);
    if (open === "(") return parse(inner);
    if (open === "[") return next() < 0.3 ? parse(inner) : "";
    if (open === "{") return next() < 0.25 ? parse(inner) : "";
    if (leaves[part] !== undefined) return leaves[part]();
    depth++;
    const made = parse(rules.get(part) ?? expect.fail(`the grammar has no ${part}`));
    depth--;
    return made;
  };
  /** At the top level, outside quotes and brackets. */
  const split = (text: string, sign: string): readonly string[] => {
    const parts = [""];
    let open = 0;
    let quoted = false;
    for (const character of text) {
      if (character === '"') quoted = !quoted;
      if (!quoted && "([{".includes(character)) open++;
      if (!quoted && ")]}".includes(character)) open--;
      if (character === sign && !quoted && open === 0) parts.push("");
      else parts.push(parts.pop()! + character);
    }
    return parts.map((part) => part.trim());
  };
  return one(start);
}

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
