import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import {
  BlueprintError,
  defineUseCase,
  parseBlueprint,
  useCaseDeclarations,
  type BlueprintObject,
  type DefinedUseCase,
  type Problem,
} from "../../../blueprints/index.ts";
import { root } from "../../source-graph.ts";
import { edited, problemsOf, SMALL } from "../fixtures.ts";
import { door, faultsOf, wrongIn } from "./compiler.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const examples = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".yaml"));
const onPages = ["docs/blueprint.md", "README.md"].flatMap((page) =>
  [...read(page).matchAll(/```yaml\n(useCase:[\s\S]*?)```/g)].map((match) => match[1]!),
);
const texts = [...examples.map((file) => read(`examples/${file}`)), ...onPages, SMALL];
/** A choice among settings of a video encoder. */
const PAYLOADS = `useCase: encoder
decisionSpace:
  actions:
    low: { kbps: 400, codec: h264, retry: false }
    high: { kbps: 4000, codec: h265, retry: true }
context: { rtt: number }
features: [rtt]
observations: { stalls: number }
label: { name: stalled, value: stalls > 0 }
policy: { decide: 'if(stalled > 0.1, "low", "high")' }
`;
texts.push(PAYLOADS);
const named = texts.map((text) => [parseBlueprint(text).useCase, text] as const);

/** As a program without types may call it. */
const define = (object: unknown): DefinedUseCase => defineUseCase(object as BlueprintObject);
function refused(object: unknown): readonly Problem[] {
  try {
    define(object);
  } catch (error) {
    if (error instanceof BlueprintError) return error.problems;
    throw error;
  }
  throw new Error("the object was accepted");
}

test.each(named)(
  "%s as an object is the same version as its YAML, and so is the text that is made of it",
  (_, text) => {
    const { useCase, version } = parseBlueprint(text);
    const defined = define(parse(text));
    expect(defined).toMatchObject({ useCase, version });
    expect(parseBlueprint(defined.text)).toMatchObject({ useCase, version });
  },
);

test("the text has small parts on one line, as people write them", () => {
  const { text } = define(parse(SMALL));
  expect(text).toContain("  arrival: { fields: [ delay_min ] }\n");
  expect(text).toContain("  - m_arr: { mean: delay_min, of: arrival, by: [ carrier, tailnum ], in: 3h }\n");
});

test("texts that YAML would read as something else, or that no line holds, stay what they are", () => {
  const actions = [
    "true",
    "1",
    "~",
    "a: b",
    "# no",
    "*x",
    "- a",
    "two\nlines",
    " blank ",
    "\u0001",
    "'",
    '"',
    "é",
    "👩‍💻",
  ];
  const decide = `if(risk > 0.35, "1", "true")`;
  const space = { ...(parse(SMALL) as object), decisionSpace: { actions }, description: "a  b\n\n  c \n" };
  const object = { ...space, policy: { formulas: { risk: "delayed" }, decide } };
  expect(parseBlueprint(define(object).text)).toMatchObject({
    decisionSpace: { kind: "actions", actions },
    description: "a  b\n\n  c \n",
  });
});

const withoutPlace = ({ path, message, hint }: Problem): unknown => ({
  path,
  said: message.replace(/^[^ ]+ /, "").replace(/^small /, ""),
  hint,
});

test.each([
  ["carrier: category", "carrier: categry"],
  ["mean: delay_min", "mean: delay"],
  ["by: [carrier, tailnum]", "by: [carrier, tail]"],
  ["in: 3h", "in: 3 hours"],
  ["in: 24h", "within: 24h"],
  ["  wait: 36h", "  wate: 36h"],
  ["risk > 0.35", "risc > 0.35"],
  ["depth: 4", 'depth: "4"'],
  ["freshRows: 20%", "freshRows: 20"],
  ["decisionSpace: boolean", "decisionSpace: bool"],
  ["decisionSpace: boolean", "decisionSpace: [call, text]"],
  ["useCase: small", "useCase: Small One"],
  ["label:\n", "lable:\n"],
  ["events:\n  arrival: { fields: [delay_min] }\n", ""],
])("%j as %j has the problems of the YAML, with paths and without lines", (before, after) => {
  const text = edited(before, after);
  const problems = refused(parse(text));
  const ofYaml = problemsOf(text);
  const flow = (problem: unknown): unknown =>
    JSON.parse(JSON.stringify(problem).replaceAll("[ call, text ]", "[call, text]"));
  const byPath = (all: readonly Problem[]): readonly unknown[] => all.map((each) => flow(withoutPlace(each)));
  expect(byPath(problems)).toEqual(byPath(ofYaml));
  for (const { message } of problems) expect(message).not.toMatch(/:\d+:\d+/);
});

test("a problem names the use case and the path of the field", () => {
  const [problem] = refused(parse(edited("in: 3h", "in: 3 hours")));
  expect(problem!.message).toBe('small features.m_arr.in: expected a duration, found "3 hours" (did you mean 3h?)');
});

test.each<[string, (object: Record<string, unknown>) => unknown, string]>([
  ["a function", (o) => ({ ...o, join: { ttl: () => "48h" } }), "small join.ttl: found a function"],
  ["a Date", (o) => ({ ...o, description: new Date(0) }), "small description: found a Date"],
  ["NaN", (o) => ({ ...o, model: { depth: Number.NaN } }), "small model.depth: found the number NaN"],
  ["a Map", (o) => ({ ...o, context: new Map() }), "small context: found an object of a class"],
  ["undefined in a list", (o) => ({ ...o, features: ["distance", undefined] }), "small features[1]: found undefined"],
  ["a bigint", (o) => ({ ...o, model: { seed: 7n } }), "small model.seed: found a bigint"],
  ["half a character", (o) => ({ ...o, description: "\ud83d" }), "small description: found half of a surrogate pair"],
  ["nothing", () => undefined, "blueprint: found undefined"],
  ["a text", () => "useCase: small", "blueprint: expected a section with useCase"],
  ["a ring", (o) => Object.assign(o, { join: o }), "small join: found an object that is in itself"],
])("%s is refused with its path", (_, make, message) => {
  const object = make(parse(SMALL) as Record<string, unknown>);
  expect(refused(object)[0]!.message).toContain(message);
});

test("one object in two places is written twice, and an entry that is undefined is not there", () => {
  const by = ["carrier", "tailnum"];
  const object = parse(SMALL) as Record<string, unknown>;
  const windows = ["m_a", "m_b"].map((name) => ({ [name]: { mean: "delay_min", of: "arrival", by, in: "3h" } }));
  const { text } = define({ ...object, features: [...windows, "distance"], description: undefined });
  expect(text).not.toMatch(/[&*]/);
  expect(parseBlueprint(text).features.map(({ name }) => name)).toEqual(["m_a", "m_b", "distance"]);
});

test("warnings have paths", () => {
  const { warnings } = define(parse(edited("risk > 0.35", "risk > 35")));
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^small policy\.decide: risk > 35 is never true: the decision is always false/),
  ]);
});

test("the compiler infers the types that `loopstream types` writes", { timeout: 300_000 }, () => {
  const files = Object.fromEntries(
    named.flatMap(([name, text], at) => [
      [`${name}-${at}.d.ts`, useCaseDeclarations(parseBlueprint(text))],
      [
        `${name}-${at}-object.ts`,
        `import { defineUseCase, type UseCasesOf } from "${door("blueprints/index.ts")}";
import type { UseCases } from "./${name}-${at}.d.ts";
const defined = defineUseCase(${JSON.stringify(parse(text))});
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Plain<T> = T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
export const same: Same<Plain<UseCasesOf<typeof defined>>, Plain<UseCases>> = true;
`,
      ],
    ]),
  );
  expect(faultsOf(files)).toEqual([]);
});

test(
  "the compiler takes rows of the declared tables and refuses others, of a use case that is defined or written",
  { timeout: 300_000 },
  () => {
    const blueprint = {
      ...(parse(SMALL) as object),
      tables: {
        depots: { key: "depot", fields: { bays: "number", region: "category", place: "vector(2)" } },
        routes: { key: ["from", "to"], fields: { km: "number" } },
      },
    };
    const uses = `await loop.tables.put({ table: "depots", key: ["oslo"], values: { bays: 3, region: "north", place: [1, 2] } });
await loop.tables.put({ table: "depots", key: ["oslo"], values: { bays: 3, region: null, place: undefined }, validFrom: 3 });
await loop.tables.put({ table: "depots", key: ["oslo"], values: null });
await loop.tables.put({ table: "routes", key: ["oslo", "rome"], values: { km: 2000 } });
await loop.tables.get("routes", ["oslo", "rome"]);
await loop.tables.put({ table: "depot", key: ["oslo"], values: null }); // wrong
await loop.tables.put({ table: "depots", key: ["oslo", "rome"], values: null }); // wrong
await loop.tables.put({ table: "routes", key: ["oslo"], values: null }); // wrong
await loop.tables.put({ table: "routes", key: ["oslo", 3], values: null }); // wrong
await loop.tables.put({ table: "routes", key: ["oslo", "rome"], values: { km: "2000" } }); // wrong
await loop.tables.put({ table: "routes", key: ["oslo", "rome"], values: { km: 2000, miles: 3 } }); // wrong
await loop.tables.put({ table: "routes", key: ["oslo", "rome"], values: {} }); // wrong
await loop.tables.put({ table: "depots", key: ["oslo"], values: { bays: 3, region: "north", place: 3 } }); // wrong
await loop.tables.get("routes", ["oslo"]); // wrong
await loop.tables.get("route", ["oslo", "rome"]); // wrong
`;
    const open = `import type { Loopstream } from "${door("loop/embed/index.ts")}";\n`;
    const defined = `${open}import { defineUseCase, type UseCasesOf } from "${door("blueprints/index.ts")}";
const small = defineUseCase(${JSON.stringify(blueprint)});
declare const loop: Loopstream<UseCasesOf<typeof small>>;\n${uses}`;
    const written = `${open}import type { UseCases } from "./small.d.ts";
declare const loop: Loopstream<UseCases>;\n${uses}`;
    const anyRow = `${open}declare const loop: Loopstream;
await loop.tables.put({ table: "any", key: ["oslo"], values: { whatever: 3 } });\n`;
    const files = {
      "small.d.ts": useCaseDeclarations(parseBlueprint(define(blueprint).text)),
      ...{ "defined.ts": defined, "written.ts": written, "any.ts": anyRow },
    };
    expect(faultsOf(files)).toEqual([...wrongIn("defined.ts", defined), ...wrongIn("written.ts", written)]);
  },
);

test(
  "the compiler knows the settings of an action, of a use case that is defined or written",
  { timeout: 300_000 },
  () => {
    const uses = `
const { value, payload } = await client.getDecision("encoder", { unit: "u", context: { rtt: 3 } }, { default: "low" });
export const low: boolean = value === "low";
export const middle: boolean = value === "middle"; // wrong
export const kbps: number | undefined = payload?.kbps;
export const codec: "h264" | "h265" | undefined = payload?.codec;
export const sure: number = payload.kbps; // wrong
export const text: string | undefined = payload?.kbps; // wrong
export const bits: number | undefined = payload?.bits; // wrong
export const retries: boolean | undefined = payload?.retry;
export const vp9 = payload?.codec === "vp9"; // wrong
`;
    const open = `import type { Client } from "${door("client/index.ts")}";\n`;
    const defined = `${open}import { defineUseCase, type UseCasesOf } from "${door("blueprints/index.ts")}";
const encoder = defineUseCase(${JSON.stringify(parse(PAYLOADS))});
declare const client: Client<UseCasesOf<typeof encoder>>;\n${uses}`;
    const written = `${open}import type { UseCases } from "./encoder.d.ts";
declare const client: Client<UseCases>;\n${uses}`;
    const open2 = `${open}declare const client: Client;
const { payload } = await client.getDecision("any", { unit: "u", context: {} });
export const setting: string | number | boolean | undefined = payload?.["kbps"];\n`;
    const files = {
      "encoder.d.ts": useCaseDeclarations(parseBlueprint(PAYLOADS)),
      ...{ "defined.ts": defined, "written.ts": written, "any.ts": open2 },
    };
    expect(faultsOf(files)).toEqual([...wrongIn("defined.ts", defined), ...wrongIn("written.ts", written)]);
  },
);

test("the compiler refuses a blueprint with a wrong key or a wrong value", { timeout: 300_000 }, () => {
  const product = `import { defineUseCase, type UseCasesOf } from "${door("blueprints/index.ts")}";
import type { Client } from "${door("client/index.ts")}";
const small = {
  useCase: "small", decisionSpace: { actions: ["call", "text"] }, context: { weight: "number", city: "category" },
  features: ["weight"], label: { name: "late", value: "minutes > 3" }, observations: { minutes: "number" },
  policy: { decide: 'if(late > 0.5, "call", "text")' },
} as const;
export const parcels = defineUseCase(small);
declare const client: Client<UseCasesOf<typeof parcels>>;
const context = { weight: 3, city: "Oslo" };
export const { value } = await client.getDecision("small", { unit: "u", context }, { default: "call" });
export const texts: boolean = value === "text";
export const mails: boolean = value === "mail"; // wrong
await client.getDecision("small", { unit: "u", context: { ...context, town: "Oslo" } }); // wrong
await client.getDecision("small", { unit: "u", context: { ...context, weight: "3" } }); // wrong
await client.logObservations("d", { minutes: 3 });
await client.logObservations("d", { minuts: 3 }); // wrong
defineUseCase({
  ...small,
  contxt: {}, // wrong
});
defineUseCase({
  ...small,
  context: { weight: "nummber" }, // wrong
});
defineUseCase({
  ...small,
  label: {
    name: "late",
    value: "minutes > 3",
    wate: "3h", // wrong
  },
});
defineUseCase({
  ...small,
  join: { ttl: "3 hours" }, // wrong
});
defineUseCase({
  ...small,
  model: {
    depht: 3, // wrong
  },
});
defineUseCase({
  ...small,
  model: { learner: "xgboost", monotone: { minutes: "sideways" } }, // wrong
});
defineUseCase({
  ...small,
  model: { depth: 3, learner: "xgboost", monotone: { minutes: "down" } },
  training: { schedule: "none", freshRows: "20%", metric: "auc" },
  retention: { rows: "730d" },
  events: { scan: { fields: { minutes: "number" } }, arrival: {} },
  tables: { depots: { key: "city", fields: { bays: "number" }, maxRows: 3 } },
});
`;
  expect(faultsOf({ "product.ts": product })).toEqual(wrongIn("product.ts", product));
});
