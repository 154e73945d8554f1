import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import avro from "avsc";
import { describe, expect, test } from "vitest";
import { generate } from "../../schemas/generate.ts";
import { decisions } from "../../schemas/index.ts";
import { root } from "../source-graph.ts";

/** With those of its folders, by their paths in it. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.\w+$/.test(file));
const folder = join(root, "schemas/avro");
const files = filesIn(folder).filter((file) => file.endsWith(".avsc"));
const schemaOf = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));
const exported = Object.entries<unknown>(await import("../../schemas/types/index.ts"));
const generatedSchemas = exported.filter(([name]) => name.endsWith("Schema"));

interface Named {
  readonly type?: unknown;
  readonly name?: string;
  readonly doc?: string;
  readonly fields?: readonly Named[];
  readonly items?: unknown;
  readonly values?: unknown;
}

/** Records and fields without a word on what they are. */
function undocumented(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(undocumented);
  if (typeof schema !== "object" || schema === null) return [];
  const { type, name = "", doc = "", fields = [], items, values } = schema as Named;
  const own = type === "record" && doc === "" ? [name] : [];
  const inFields = fields.flatMap((field) => [
    ...((field.doc ?? "") === "" ? [`${name}.${field.name}`] : []),
    ...undocumented(field.type),
  ]);
  return [...own, ...inFields, ...[type, items, values].flatMap(undocumented)];
}

/** Fields that declare a union, with their words. */
function unionsIn(schema: unknown): readonly { readonly values: readonly string[]; readonly doc: string }[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { union, doc } = schema as { union?: { values: readonly string[] }; doc: string };
  const own = typeof union === "object" ? [{ values: union.values, doc }] : [];
  return [...own, ...Object.values(schema).flatMap(unionsIn)];
}

describe("the schemas", () => {
  test("types/ holds a file for each .avsc file and nothing else, as they make it", async () => {
    const types = join(root, "schemas/types");
    const there = new Map(filesIn(types).map((file) => [file, readFileSync(join(types, file), "utf8")]));
    const made = await generate();
    expect([...there.keys()].sort()).toEqual([...made.keys()].sort());
    for (const [file, text] of made)
      expect(there.get(file) === text, `types/${file} is not up to date: run \`npm run generate\``).toBe(true);
  });

  test("every union of known values stands in its field's words, and on no schema that is registered", () => {
    const declared = files.flatMap((file) => unionsIn(schemaOf(file)));
    expect(declared.length).toBeGreaterThan(4);
    for (const { values, doc } of declared)
      for (const value of values) expect(doc).toMatch(new RegExp(`\\b${value}\\b`));
    expect(exported.filter(([name]) => !name.endsWith("Schema")).map(([, values]) => values)).toEqual(
      expect.arrayContaining(declared.map(({ values }) => values)),
    );
    expect(JSON.stringify(generatedSchemas)).not.toContain('"union"');
  });

  test("every .avsc file makes a schema that stands alone and that avsc takes", () => {
    expect(generatedSchemas.length).toBe(files.length);
    for (const [name, schema] of generatedSchemas) {
      expect(() => avro.Type.forSchema(schema as avro.Schema), name).not.toThrow();
    }
  });

  test.each(files)("%s: every record and every field says what it is", (file) => {
    const missing = undocumented(schemaOf(file)).map((name) => `${file} ${name}`);
    expect(missing).toEqual([]);
  });

  test.each(files)("%s: the file is named after its record", (file) => {
    const { name = "" } = schemaOf(file) as Named;
    expect(`${name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.avsc`).toBe(basename(file));
  });

  test("a record without a word is found, wherever it is", () => {
    const inner = { type: "record", name: "Inner", fields: [{ name: "a", type: "int" }] };
    const schema = {
      type: "record",
      name: "Outer",
      doc: "There.",
      fields: [{ name: "b", type: ["null", { type: "array", items: inner }], doc: "There." }],
    };
    expect(undocumented(schema)).toEqual(["Inner", "Inner.a"]);
  });
});

describe("the decision record", () => {
  const type = decisions.type as avro.types.RecordType;

  test("holds everything that history can't be mended without", () => {
    expect(type.fields.map(({ name }) => name)).toEqual([
      "decisionId",
      "unit",
      "useCase",
      "blueprintVersion",
      "modelId",
      "features",
      "predictions",
      "actions",
      "distribution",
      "value",
      "propensity",
      "seed",
      "mode",
      "reason",
      "decisionTime",
      "deferred",
      "repeatOf",
      "keys",
      "parameters",
      "options",
      "candidates",
      "proposed",
      "beliefs",
      "scores",
    ]);
  });

  test("keeps a missing feature, a number and a category apart", () => {
    const decision = {
      decisionId: "d",
      unit: "u",
      useCase: "c",
      blueprintVersion: "v",
      modelId: null,
      features: [null, 0, ""],
      predictions: {},
      actions: [false, true],
      distribution: [],
      value: null,
      propensity: null,
      seed: "00",
      mode: "loggingOnly",
      reason: "noModel",
      decisionTime: 1,
      deferred: false,
      repeatOf: null,
      keys: { carrier: "air", depot: "" },
      parameters: { w: 2.5 },
      options: [
        {
          optionId: "o",
          features: [null, 0, ""],
          predictions: { y: 1 },
          score: null,
          position: 1,
          sampled: 1,
          keys: { genre: "a" },
          propensity: 0.5,
        },
        {
          ...{ optionId: "", features: [], predictions: {}, score: 0.5, position: null, sampled: 0.25, keys: {} },
          propensity: null,
        },
      ],
      candidates: 9,
      proposed: [true],
      beliefs: [[1, 2], []],
      scores: [0.5, null],
    };
    expect(JSON.parse(JSON.stringify(type.fromBuffer(type.toBuffer(decision))))).toEqual(decision);
  });
});
