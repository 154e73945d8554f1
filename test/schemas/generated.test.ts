import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import avro from "avsc";
import { describe, expect, test } from "vitest";
import { generate } from "../../schemas/generate.ts";
import { decisions } from "../../schemas/index.ts";
import { root } from "../source-graph.ts";

const folder = join(root, "schemas/avro");
const files = readdirSync(folder).filter((file) => file.endsWith(".avsc"));
const schemaOf = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));
const generatedSchemas = Object.entries<unknown>(await import("../../schemas/types.ts"));

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

describe("the schemas", () => {
  test("types.ts is what the .avsc files make", async () => {
    const there = readFileSync(join(root, "schemas/types.ts"), "utf8");
    expect(there === (await generate()), "schemas/types.ts is not up to date: run `npm run generate`").toBe(true);
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
    expect(`${name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.avsc`).toBe(file);
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
  const docOf = (name: string): string =>
    (decisions.schema as { readonly fields: readonly Named[] }).fields.find((field) => field.name === name)?.doc ?? "";

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
    ]);
  });

  test("names every mode and every reason there is", () => {
    for (const mode of ["loggingOnly", "apprentice", "online"]) expect(docOf("mode")).toContain(mode);
    for (const reason of ["noModel", "holdout", "control", "explore", "exploit", "error"]) {
      expect(docOf("reason")).toContain(reason);
    }
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
    };
    expect({ ...(type.fromBuffer(type.toBuffer(decision)) as object) }).toEqual(decision);
  });
});
