import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { check, format } from "prettier";
import { expect, test } from "vitest";
import { parseBlueprint, useCaseDeclarations } from "../../../blueprints/index.ts";
import { root } from "../../source-graph.ts";
import { edited, SMALL } from "../fixtures.ts";
import { door, faultsOf, wrongIn } from "./compiler.ts";
import { uses } from "./uses.ts";

const folder = join(root, "examples");
const examples = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(".yaml", ""));
const declared = (text: string): string => useCaseDeclarations(parseBlueprint(text));
const ofExample = (name: string): string => declared(readFileSync(join(folder, `${name}.yaml`), "utf8"));
const opening = `import type { Client } from "${door("client/index.ts")}";\n`;

const TABLES = `useCase: parcel-box
decisionSpace: { actions: [text, call] }
context: { weight: number, depot: key, express: boolean, note: text, tags: list, due: time, taste: vector(3) }
observations: { bought: boolean }
events: { scan: { fields: { minutes: number, belt: category } }, arrival: {} }
tables: { depots: { key: [country, depot], fields: { bays: number, place: vector(2) } } }
features: [weight, m_scan: { mean: minutes, of: scan, by: depot, in: 1h }]
label: { name: lost, value: 'kind == "lost"' }
policy: { decide: 'if(lost > 0.5, "call", "text")' }
`;
const HOSTILE = [
  ...["*/", "// x", 'a"b', "a'b", `a"'b`, "a\\", "\\", "${x}", "`", "__proto__", "constructor", "</script>"],
  ...["two\nlines", "a\u2028", "\u0000", "\u202Eright", "š", "東京", "👩‍💻", "é", "a".repeat(128), "; export {}"],
];
const withActions = (actions: readonly string[]): string =>
  edited(
    "  decide: risk > 0.35",
    `  decide: if(risk > 0.35, ${JSON.stringify(actions[0])}, ${JSON.stringify(actions.at(-1))})`,
    edited("decisionSpace: boolean", `decisionSpace: { actions: ${JSON.stringify(actions)} }`),
  );

test("the declarations have the context, the value, the observations, the events and the tables of a version", () => {
  const version = parseBlueprint(TABLES).version;
  expect(declared(TABLES)).toBe(`// Use case parcel-box, blueprint version ${version}.
// Written by \`loopstream types\`: write it again for another version.

/** What the product knows when it asks. Null and undefined are missing values. */
export interface Context {
  readonly depot: string | null | undefined;
  readonly due: number | string | null | undefined;
  readonly express: boolean | null | undefined;
  readonly note: string | null | undefined;
  readonly tags: readonly string[] | null | undefined;
  readonly taste: readonly number[] | null | undefined;
  readonly weight: number | null | undefined;
}

/** What is decided. */
export type Value = "call" | "text";

/** What the product says of a decision later, in one record or in several. */
export interface Observations {
  readonly belt?: string | null | undefined;
  readonly bought?: boolean | null | undefined;
  readonly depot?: string | null | undefined;
  readonly kind?: Kind | null | undefined;
  readonly minutes?: number | null | undefined;
}

/** The kinds of observations. */
export type Kind = "arrival" | "lost" | "scan";

/** The attributes of events, by kind. */
export interface Events {
  readonly arrival: {
    readonly depot?: string | null | undefined;
    readonly unit?: string | null | undefined;
  };
  readonly scan: {
    readonly belt: string | null | undefined;
    readonly depot: string | null | undefined;
    readonly minutes: number | null | undefined;
    readonly unit?: string | null | undefined;
  };
}

/** The rows of reference tables. */
export interface Tables {
  readonly depots: {
    readonly key: readonly [string, string];
    readonly values: {
      readonly bays: number | null | undefined;
      readonly place: readonly number[] | null | undefined;
    };
  };
}

/** The type parameter of \`openLoopstream\` and \`createClient\`. */
export interface UseCases {
  readonly "parcel-box": {
    readonly context: Context;
    readonly value: Value;
    readonly observations: Observations;
    readonly events: Events;
    readonly tables: Tables;
  };
}
`);
});

test.each(examples)("those of %s are as prettier lays them out", async (name) => {
  expect(await check(ofExample(name), { parser: "typescript" })).toBe(true);
});

test("the compiler takes every right use of the examples and refuses every wrong one", { timeout: 300_000 }, () => {
  expect(Object.keys(uses).sort()).toEqual(examples);
  const files = Object.fromEntries(
    Object.entries(uses).flatMap(([name, text]) => [
      [`${name}.d.ts`, ofExample(name)],
      [
        `${name}-product.ts`,
        `${opening}import type { UseCases } from "./${name}.d.ts";\ndeclare const client: Client<UseCases>;${text}`,
      ],
    ]),
  );
  const wrong = Object.entries(files).flatMap(([file, text]) => wrongIn(file, text));
  expect(wrong.length).toBeGreaterThan(30);
  expect(faultsOf(files)).toEqual(wrong);
});

test("a product of several use cases takes the types of all", { timeout: 300_000 }, () => {
  const product = `${opening}import type { UseCases as Articles } from "./articles.d.ts";
import type { UseCases as Prefetch } from "./prefetch.d.ts";
declare const client: Client<Articles & Prefetch>;
const context = { reader: "r1", edition: "morning", weekend: false, wifi: true };
await client.getDecision("prefetch", { unit: "r1", context });
await client.getDecision("articles", { unit: "r1", context }); // wrong
await client.logObservations("d", { kind: "opened" }, { useCase: "articles" });
await client.logObservations("d", { kind: "opened", minutes: 3 }, { useCase: "articles" }); // wrong
await client.logEvent("opened", { reader: "r1", minutes: 3 });
await client.logEvent("read", { reader: "r1" }); // wrong
`;
  const files = { "articles.d.ts": ofExample("articles"), "prefetch.d.ts": ofExample("prefetch"), "p.ts": product };
  expect(faultsOf(files)).toEqual(wrongIn("p.ts", product));
});

test("names that would end a comment or a text are themselves", { timeout: 300_000 }, async () => {
  const text = declared(withActions(HOSTILE));
  const value = HOSTILE.map((name) => JSON.stringify(name).replace("\u2028", "\\u2028"));
  const product = `${opening}import type { Value, UseCases } from "./hostile.d.ts";
declare const client: Client<UseCases>;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export const same: Same<Value, ${value.join(" | ")}> = true;
export type Keys = keyof UseCases;
export const keys: Same<Keys, "small"> = true;
await client.getDecision("small", { unit: "u", context: { distance: 1, carrier: "UA", night: true, tailnum: null } }, { default: "other" }); // wrong
`;
  expect(faultsOf({ "hostile.d.ts": text, "product.ts": product })).toEqual(wrongIn("product.ts", product));
  expect(await format(text, { parser: "typescript" })).toBe(text);
});

test("kinds that a label's formula names are kinds of observations, however they are written", async () => {
  const text = declared(edited('when: kind == "arrival"', String.raw`when: kind == 'it\'s */' or kind == "arrival"`));
  expect(text).toContain(`export type Kind = "arrival" | "it's */";`);
  expect(await check(text, { parser: "typescript" })).toBe(true);
});

test.each([
  ["names of 128 letters", edited("  distance: number\n", `  distance: number\n  ${"n".repeat(128)}: list\n`)],
  [
    "no context",
    "useCase: a\ndecisionSpace: number\ncontext: {}\nfeatures: [n: { count: true, of: e, by: none, in: 1h }]\nevents: { e: {} }\nlabel: { name: l, value: kind == 'e' }\npolicy: { decide: l }\n",
  ],
  ["a use case that is a number", edited("useCase: small", 'useCase: "2"')],
  ["an entry with the name unit", edited("  night: boolean\n", "  night: boolean\n  unit: number\n")],
  ["one action", withActions(["a".repeat(100)])],
  ["two actions", withActions(["call", "text"])],
  ["a vector and a time", edited("  night: boolean\n", "  night: boolean\n  taste: vector(3)\n  due: time\n")],
])("%s: as prettier lays them out", async (_, text) => {
  expect(await format(declared(text), { parser: "typescript" })).toBe(declared(text));
});

test("one version has one text, in whatever order the file names things", () => {
  const other = SMALL.replace("  distance: number\n  carrier: category\n", "  carrier: category\n  distance: number\n");
  expect(other).not.toBe(SMALL);
  expect(parseBlueprint(other).version).toBe(parseBlueprint(SMALL).version);
  expect(declared(other)).toBe(declared(SMALL));
});
