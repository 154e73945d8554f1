import { afterAll, beforeAll, expect, test } from "vitest";
import {
  BlueprintError,
  canTrainOn,
  categoryOf,
  compareBlueprints,
  compileBlueprint,
  numberParameter,
  compileFormula,
  parseBlueprint,
  registerFeatureKind,
  registerLabelAggregate,
  registerPolicyRule,
  yaml,
  type FeatureKind,
  type PolicyRuleKind,
} from "../../blueprints/index.ts";
import { blueprintReference } from "../../blueprints/sections/reference.ts";
import { publishBlueprint, type ReplayResult } from "../../loop/index.ts";
import { explainDecision, type Explanation } from "../../recompute/index.ts";
import { hashRows, newestRows, rowsTopic } from "../../rows/index.ts";
import { decisions, type DecisionRecorded, type ModelRecorded, type TrainingRow } from "../../schemas/index.ts";
import { loadScorer, ScorerCache } from "../../serving/index.ts";
import {
  encodeModel,
  rebuildModel,
  registerLearner,
  trainModel,
  type FitInput,
  type GraphNode,
  type Learner,
  type TrainResult,
} from "../../trainer/index.ts";
import { random } from "../blueprints/random.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const { complain, found, optional, readFormula, readNumber, readSection, readText, required } = yaml;

/** How many letters a category of the context has, up to a number. */
interface LettersFeature {
  readonly kind: "letters";
  readonly name: string;
  readonly entry: string;
  readonly most: number;
}

/** Whether an earlier feature is above another. */
interface AboveFeature {
  readonly kind: "above";
  readonly name: string;
  readonly one: string;
  readonly other: string;
}

/** A formula's value, up to a number. */
interface CappedRule {
  readonly kind: "capped";
  readonly value: string;
  readonly most: number;
}

/** A line through the columns, pulled towards a flat one. */
interface RidgeParameters {
  readonly pull: number;
}

declare module "../../blueprints/blueprint.ts" {
  interface PolicyRules {
    capped: CappedRule;
  }
  interface FeatureKinds {
    letters: LettersFeature;
    above: AboveFeature;
  }
  interface LearnerParameters {
    ridge: RidgeParameters;
  }
}

const MOST = 20;

const letters: FeatureKind<LettersFeature> = {
  name: "letters",
  written: "section",
  keys: () => ({ letters: ["a category of `context`", "required"], most: ["whole number", String(MOST), "1 to 100"] }),
  marks: () => ["letters"],
  read(place, name, { context }) {
    const section = readSection(place, ["letters", "most"]);
    const entry = required(section, "letters", (place) => {
      const entry = readText(place, "a category of the context", 200);
      if (entry === undefined || context.known[entry] === "category" || !context.complete) return entry;
      return complain(place, `expected a category of the context, found ${found(place)}`);
    });
    const most = optional(section, "most", MOST, (place) => readNumber(place, { min: 1, max: 100 }, "whole"));
    return entry === undefined || most === undefined ? "unusable" : { kind: "letters", name, entry, most };
  },
  canonical: ({ most, ...feature }) => ({ ...feature, most: most === MOST ? undefined : most }),
  describe: ({ entry, most }) => `letters of ${entry} up to ${most}`,
  columnDoc: ({ entry }) => `Letters of ${entry}; null when it was missing.`,
  type: () => "number",
  compute: ({ entry, most }) => ({
    from: "context",
    entry,
    value: (given) => {
      const text = categoryOf(given) ?? null;
      return text === null ? null : Math.min(text.length, most);
    },
  }),
};

const above: FeatureKind<AboveFeature> = {
  name: "above",
  written: "section",
  keys: () => ({ above: ["an earlier feature", "required"], other: ["an earlier feature", "required"] }),
  marks: () => ["above"],
  read(place, name, { earlier }) {
    const section = readSection(place, ["above", "other"]);
    const [one, other] = ["above", "other"].map((key) =>
      required(section, key, (place) => {
        const of = readText(place, "a feature", 200);
        if (of === undefined || earlier.has(of)) return of;
        return complain(place, `there is no feature "${of}" before ${name}`);
      }),
    );
    return one === undefined || other === undefined ? "unusable" : { kind: "above", name, one, other };
  },
  canonical: (feature) => feature,
  describe: ({ one, other }) => `${one} above ${other}`,
  columnDoc: ({ one, other }) => `Whether ${one} is above ${other}, 1 or 0.`,
  type: () => "boolean",
  compute: ({ one, other }) => ({
    from: "features",
    names: [one, other],
    value: ([a = null, b = null]) => (a === null || b === null ? null : a > b ? 1 : 0),
  }),
};

const LARGEST = 100;

const capped: PolicyRuleKind<CappedRule> = {
  name: "capped",
  spaces: ["number"],
  said: ["section", "none"],
  keys: () => ({ value: ["formula: number", "required"], most: ["number", String(LARGEST), "0 to 1000"] }),
  read(place, { names }) {
    const section = readSection(place, ["value", "most"]);
    const most = optional(section, "most", LARGEST, (place) => readNumber(place, { min: 0, max: 1_000 }));
    const value = required(section, "value", (place) => {
      const formula = readFormula(place, names, ["number"]);
      return formula && { formula, place };
    });
    if (value === undefined || most === undefined) return undefined;
    return { rule: { kind: "capped", value: value.formula.text, most }, formulas: [value], decides: value };
  },
  describe: ({ value, most }) => [
    ["capped.value", value],
    ["capped.most", most],
  ],
  canonical: ({ value, most }) => ({ value, most: most === LARGEST ? undefined : most }),
  compute({ value, most }, types) {
    const { evaluate, trace } = compileFormula(value, types);
    return {
      decide: (get) => {
        const found = evaluate(get);
        return typeof found === "number" ? Math.min(found, most) : null;
      },
      trace,
    };
  },
};

registerPolicyRule(capped);
registerFeatureKind(letters);
registerFeatureKind(above);
registerLabelAggregate({
  name: "spread",
  binary: "never",
  time: "last",
  start() {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    return {
      insert(value) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      },
      value: () => most - least,
    };
  },
});

const SWEEPS = 50;

/** Missing values count as their column's mean. Each coefficient in turn is the best one beside the others. */
function line({ features, rows, columns }: FitInput, labels: Float32Array, pull: number) {
  const [all, each] = [Array.from({ length: rows }, (_, row) => row), Array.from({ length: columns }, (_, at) => at)];
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
  const value = (row: number, column: number): number => features[row * columns + column]!;
  const means = each.map((column) => mean(all.map((row) => value(row, column)).filter((one) => !Number.isNaN(one))));
  const x = each.map((column) =>
    all.map((row) => (Number.isNaN(value(row, column)) ? 0 : value(row, column) - means[column]!)),
  );
  const middle = mean([...labels]);
  const left = all.map((row) => labels[row]! - middle);
  const coefficients = each.map(() => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of each) {
      const own = x[column]!;
      const before = coefficients[column]!;
      const [fit, size] = [
        own.reduce((sum, at, row) => sum + at * (left[row]! + before * at), 0),
        own.reduce((sum, at) => sum + at * at, 0),
      ];
      const after = size === 0 ? 0 : fit / (size + pull);
      for (const row of all) left[row]! += (before - after) * own[row]!;
      coefficients[column] = after;
    }
  }
  const intercept = middle - coefficients.reduce((sum, each, at) => sum + each * means[at]!, 0);
  return { means, coefficients, intercept };
}

const ridge: Learner<"ridge"> = {
  kind: {
    name: "ridge",
    objectives: ["regression"],
    parameters: { pull: numberParameter({ min: 0, max: 1_000 }, 1) },
  },
  async fit(input) {
    const { columns, labels, model, metadata, onProgress } = input;
    const lines = labels.map(({ values }) => line(input, values, model.pull));
    onProgress?.(1, 1);
    const floats = (value: readonly number[]) => ({ kind: "floats", value }) as const;
    const filled: GraphNode = {
      operator: "Imputer",
      domain: "ai.onnx.ml",
      inputs: ["x"],
      outputs: ["filled"],
      attributes: {
        imputed_value_floats: floats(lines[0]!.means),
        replaced_value_float: { kind: "float", value: Number.NaN },
      },
    };
    const sums = lines.map(({ coefficients, intercept }, at): GraphNode => ({
      operator: "LinearRegressor",
      domain: "ai.onnx.ml",
      inputs: ["filled"],
      outputs: [labels[at]!.name],
      attributes: { coefficients: floats(coefficients), intercepts: floats([intercept]) },
    }));
    const onnx = encodeModel({
      name: "ridge",
      input: { name: "x", columns },
      outputs: labels.map(({ name }) => ({ name, columns: 1 })),
      nodes: [filled, ...sums],
      metadata,
    });
    return { onnx, importance: new Array<number>(columns).fill(1 / columns) };
  },
};
registerLearner(ridge);

const TEXT = `
useCase: towns
decisionSpace: number
context: { weight: number, city: category, depot: key }
observations: { minutes: number }
events: { scan: { fields: [minutes] } }
features:
  - weight
  - city
  - m_scan: { mean: minutes, of: scan, by: depot, in: 1h }
  - city_letters: { letters: city }
  - heavy: { above: weight, other: m_scan }
label: { name: wobble, when: kind == "scan", value: minutes, aggregate: spread, wait: 1h, default: 0 }
model: { learner: ridge, pull: 2 }
policy: { capped: { value: "if(heavy, wobble + city_letters, wobble)", most: 25 } }
training: { minRows: 20 }
`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1);
const CITIES = ["Ulm", "Rome", "Lisbon", "Constantinople-upon-Bosporus", null];

interface Asked {
  readonly id: string;
  readonly time: number;
  readonly weight: number;
  readonly city: string | null;
  readonly seen: readonly number[];
}

const next = random(3);
const asked = Array.from({ length: 80 }, (_, n): Asked => {
  const city = CITIES[Math.floor(next() * CITIES.length)]!;
  // The longer a town's name, the further the two scans are apart: something to learn.
  const seen = n % 10 === 9 ? [] : [Math.floor(next() * 3), 4 + (city?.length ?? 0) + Math.floor(next() * 3)];
  return { id: `d${n}`, time: START + n * 10 * MINUTE, weight: Math.floor(next() * 30), city, seen };
});
const END = asked.at(-1)!.time + 4 * HOUR;

let live: LiveLoop;
let trained: TrainResult;
let again: ReplayResult;
let explained: Explanation;
const rows = new Map<string, TrainingRow>();
const decided = new Map<string, DecisionRecorded>();
const compiled = compileBlueprint(TEXT);

/** Asks at the decision's time and tells what was seen some minutes later. */
async function lived({ id, time, weight, city, seen }: Asked): Promise<void> {
  live.now = time;
  const context = { weight, city, depot: "north" };
  await live.client.getDecision("towns", { decisionId: id, unit: id, context }, { timeout: 60_000 });
  for (const [at, minutes] of seen.entries()) {
    live.now = time + (at + 1) * MINUTE;
    await live.client.logObservations(id, { kind: "scan", minutes }, { useCase: "towns" });
  }
  await live.loop.application.idle();
}

beforeAll(async () => {
  live = await openLive(START);
  const { backbone, loop } = live;
  await publishBlueprint(loop, TEXT, 0);
  await loop.application.idle();
  for (const one of asked.slice(0, 60)) await lived(one);
  await live.tick(asked[59]!.time + 2 * HOUR);
  trained = await trainModel(loop, { useCase: "towns", until: asked[60]!.time - 1 });
  await loop.application.idle();
  for (const one of asked.slice(60)) await lived(one);
  await live.tick(END);
  for (const row of await newestRows(backbone, loop.serdes, rowsTopic(compiled)))
    rows.set(row["decisionId"] as string, row);
  for (const { key, value } of await live.all(decisions)) decided.set(key, value);
  again = await live.replay({ useCase: "towns" });
  const scorers = new ScorerCache(backbone, loop.serdes);
  const source = { backbone, serdes: loop.serdes, scorers: (model: ModelRecorded) => scorers.get(model), salt: "salt" };
  explained = (await explainDecision(source, "d79"))!;
  await scorers.close();
}, 900_000);
afterAll(() => live.close());

/** From the history alone. */
function expected({ time, weight, city }: Asked): readonly (number | string | null)[] {
  const scans = asked
    .flatMap((of) => of.seen.map((minutes, at) => ({ minutes, time: of.time + (at + 1) * MINUTE })))
    .filter((scan) => scan.time >= time - HOUR && scan.time < time);
  const mean = scans.length === 0 ? null : scans.reduce((sum, { minutes }) => sum + minutes, 0) / scans.length;
  const letters = city === null ? null : Math.min(city.length, 20);
  return [weight, city, mean, letters, mean === null ? null : weight > mean ? 1 : 0];
}

test("decisions are made, answered and logged with features of kinds that a product registered", () => {
  expect(decided.size).toBe(80);
  for (const one of asked) expect(decided.get(one.id)!.features, one.id).toEqual(expected(one));
});

test("rows have the label of a registered aggregate, and the features' columns", () => {
  expect(rows.size).toBe(80);
  for (const { id, seen, city } of asked) {
    const spread = seen.length === 0 ? 0 : Math.max(...seen) - Math.min(...seen);
    expect(rows.get(id)).toMatchObject({
      label: spread,
      city_letters: city === null ? null : Math.min(city.length, 20),
    });
  }
  const columns = rowsTopic(compiled).schema as unknown as {
    fields: readonly { name: string; doc: string; type: unknown }[];
  };
  expect(columns.fields.find(({ name }) => name === "city_letters")).toMatchObject({
    type: ["null", "double"],
    doc: "Letters of city; null when it was missing.",
  });
});

test("a model learns from them, and its predictions decide by the policy that names them", () => {
  expect(trained).toMatchObject({ kind: "trained", promoted: true });
  const served = asked.slice(60).filter(({ id }) => decided.get(id)!.modelId !== null);
  expect(served).toHaveLength(20);
  let capped = 0;
  for (const one of served) {
    const { value, predictions } = decided.get(one.id)!;
    const [, , , letters, heavy] = expected(one);
    const wobble = predictions["wobble"]!;
    const sum = letters === null ? null : wobble + (letters as number);
    const uncapped = heavy === null ? null : heavy === 1 ? sum : wobble;
    expect(value).toBe(uncapped === null ? null : Math.min(uncapped, 25));
    if (uncapped !== null && uncapped > 25) capped++;
  }
  expect(capped).toBeGreaterThan(0);
});

test("the model is the registered learner's: a file with an output of the label's name, which trains again to the same bytes", async () => {
  const { model, onnx } = trained as Extract<TrainResult, { kind: "trained" }>;
  const scorer = await loadScorer(onnx);
  expect(scorer.outputs).toEqual(["wobble"]);
  const seed = String(model.provenance.seed);
  expect(scorer.metadata).toMatchObject({ useCase: "towns", label: "wobble", seed });
  await scorer.release();
  expect(model.states[0]!.reason).toMatch(/better than a constant: mse \d+/);
  expect(await rebuildModel(live.loop, model)).toMatchObject({ equal: true, header: "equal" });
});

test("a replay makes the same rows, bit for bit", () => {
  expect(again).toMatchObject({ decisions: 80, deadLetters: 0 });
  const live = [...rows.values()].sort((a, b) => (String(a["decisionId"]) < String(b["decisionId"]) ? -1 : 1));
  expect(again.rowsSha256).toBe(hashRows([rowsTopic(compiled), live]));
});

test("an explanation says what they were made of, and comes out equal", () => {
  expect(explained).toMatchObject({ equal: true, sourcesBefore: true });
  const sources = Object.fromEntries(explained.features.map(({ name, source }) => [name, source]));
  expect(sources).toMatchObject({
    weight: { kind: "context", entry: "weight" },
    city_letters: { kind: "context", entry: "city" },
    heavy: { kind: "features", names: ["weight", "m_scan"] },
  });
  expect(explained.policy.map(({ formula }) => formula)).toEqual(["capped"]);
});

test("they are compared and judged like any other", () => {
  const of = (from: string, to: string) => parseBlueprint(TEXT.replace(from, to));
  const capped = of("letters: city", "letters: city, most: 9");
  const [change] = compareBlueprints(compiled.blueprint, capped);
  expect(change!.text).toBe("features.city_letters: letters of city up to 20 → letters of city up to 9");
  expect(canTrainOn(compiled.blueprint, capped).reason).toContain("features.city_letters: changed its meaning");
  expect(of("letters: city", "letters: city, most: 20").version).toBe(compiled.blueprint.version);
  expect(capped.version).not.toBe(compiled.blueprint.version);
  const rule = of("most: 25", "most: 30");
  expect(compareBlueprints(compiled.blueprint, rule).map(({ text }) => text)).toEqual(["policy.capped.most: 25 → 30"]);
  expect(canTrainOn(compiled.blueprint, rule).ok).toBe(true);
  expect(of(", most: 25", "").version).toBe(of("most: 25", "most: 100").version);
  expect(blueprintReference().map(({ path }) => path)).toEqual(
    expect.arrayContaining(["policy.decide", "policy.capped", "policy.capped.value", "policy.capped.most"]),
  );
});

test.each([
  ["most: 25", "most: 2000", /policy\.capped\.most: .*1000/],
  ["value: ", "valeu: ", /unknown field "valeu" \(did you mean "value"\?\)/],
  [
    "decisionSpace: number",
    "decisionSpace: boolean",
    /policy\.capped: decides in the space number, the decision space is boolean/,
  ],
  ["policy: { ", "policy: { decide: wobble, ", /"decide" and "capped" are both there \(a policy has one rule\)/],
  ["capped: {", "caped: {", /policy: unknown field|unknown field "caped" \(did you mean "capped"\?\)/],
  [
    "letters: city",
    "letters: weight",
    /features\.city_letters\.letters: expected a category of the context, found "weight"/,
  ],
  ["letters: city", "leters: city", /unknown field "leters" \(did you mean "letters"\?\)/],
  ["other: m_scan", "other: later", /there is no feature "later" before heavy/],
  ["aggregate: spread", "aggregate: spred", /found "spred" \(did you mean "spread"\?\)/],
  ["{ learner: ridge, pull: 2 }", "{ rounds: 20 }", /spread makes a label that is not 0 or 1/],
])("%s read as %s is told with its place", (from, to, message) => {
  const read = (): unknown => parseBlueprint(TEXT.replace(from, to));
  expect(read).toThrow(BlueprintError);
  expect(read).toThrow(message);
});

test.each([
  ["pull: 2", "pull: -1", /model\.pull: expected a number from 0 to 1000, found -1/],
  ["pull: 2", "depth: 3", /model\.depth: unknown field "depth" \(a parameter of learner xgboost\)/],
  ["pull: 2", "pul: 2", /model\.pul: unknown field "pul" \(did you mean "pull"\?\)/],
  [
    "learner: ridge",
    "learner: rigde",
    /model\.learner: expected xgboost \| linear \| mlp \| constant \| auto \| ridge, found "rigde" \(did you mean "ridge"\?\)/,
  ],
  ["learner: ridge", "leraner: ridge", /unknown field "leraner" \(did you mean "learner"\?\)/],
  [
    "pull: 2",
    "objective: binary",
    /learner ridge can't learn objective binary \(use regression, or learner: xgboost or linear or mlp or constant or auto\)/,
  ],
  [
    "aggregate: spread",
    "aggregate: any, objective: binary",
    /label\.objective: learner ridge can't learn objective binary \(use regression/,
  ],
])("%s read as %s is one problem, with the field, the bound and the way out", (from, to, message) => {
  expect(problemsOf(TEXT.replace(from, to))).toEqual([expect.stringMatching(message)]);
});

function problemsOf(text: string): readonly string[] {
  try {
    parseBlueprint(text);
    return [];
  } catch (error) {
    return (error as BlueprintError).problems.map(({ message }) => message);
  }
}

test("a learner's defaults are the version's, written out or not", () => {
  const of = (model: string) => parseBlueprint(TEXT.replace("{ learner: ridge, pull: 2 }", model));
  expect(of("{ learner: ridge }").model).toEqual({ objective: "regression", learner: "ridge", pull: 1, seed: 0 });
  expect(of("{ pull: 1, seed: 0, objective: regression, learner: ridge }").version).toBe(
    of("{ learner: ridge }").version,
  );
  expect(of("{ learner: ridge }").version).not.toBe(compiled.blueprint.version);
  const [change] = compareBlueprints(of("{ learner: ridge }"), compiled.blueprint);
  expect(change!.text).toBe("model.pull: 1 → 2");
});

test("the reference says a registered learner's parameters", () => {
  expect(blueprintReference()).toContainEqual({
    path: "model.pull",
    type: "number",
    unsaid: "1",
    bounds: "0 to 1000",
  });
  expect(blueprintReference().find(({ path }) => path === "model.learner")!.type).toBe(
    "`xgboost` or `linear` or `mlp` or `constant` or `auto` or `ridge`",
  );
});

test("a name, or a key by which a kind is known, is registered once", () => {
  expect(() => registerFeatureKind(letters)).toThrow('"letters" is a key of the feature kind letters already');
  expect(() => registerFeatureKind({ ...letters, name: "above" as "letters", marks: () => ["glyphs"] })).toThrow(
    '"letters" is a key',
  );
  expect(() => registerPolicyRule(capped)).toThrow('there is a policy rule "capped" already');
  expect(() => registerPolicyRule({ ...capped, name: "formulas" as "capped" })).toThrow(
    '"formulas" is a key of every policy',
  );
  expect(() =>
    registerLabelAggregate({ name: "mean", binary: "never", time: "last", start: () => ({ value: () => 0 }) }),
  ).toThrow('there is a label aggregate "mean" already');
  expect(() => registerLearner(ridge)).toThrow('there is a learner that can be trained "ridge" already');
  expect(() => registerLearner({ ...ridge, kind: { ...ridge.kind } })).toThrow('there is a learner "ridge" already');
});
