import { createHash } from "node:crypto";
import avro from "avsc";
import { describe, expect, test } from "vitest";
import { isReservedColumn, parseBlueprint, type Blueprint } from "../../blueprints/index.ts";
import { rowColumns, rowSchema } from "../../rows/index.ts";
import { edited, FIRST_FLIGHTS, FLIGHTS, small } from "../blueprints/fixtures.ts";
import { formerRowSchema } from "./former-row-schema.ts";

function typeOf(blueprint: Blueprint): avro.Type {
  return avro.Type.forSchema(JSON.parse(JSON.stringify(rowSchema(blueprint))) as avro.Schema);
}

const ROW = {
  decisionId: "d1",
  unit: "N14228",
  blueprintVersion: "0123456789ab",
  modelId: null,
  mode: "online",
  reason: "exploit",
  decisionTime: 1_357_031_700_000,
  rowTime: 1_357_161_300_000,
  maturity: "mature",
  value: true,
  propensity: 1,
  distance: 1400,
  carrier: "UA",
  night: null,
  m_arr: -2.5,
  n_arr: 0,
  label: 1,
  prediction_delayed: 0.25,
  labelTime: 1_357_040_000_000,
};

test("a row comes back from Avro as it went in, with each kind of decision value", () => {
  const type = typeOf(small());
  for (const value of [true, false, 0.25, "call", null]) {
    const row = { ...ROW, value };
    expect({ ...(type.fromBuffer(type.toBuffer(row)) as object) }).toEqual(row);
  }
});

test("the schema is the use case's own TrainingRow with one nullable column a feature, in the features' order", () => {
  const schema = rowSchema(small());
  expect([schema.namespace, schema.name]).toEqual(["loopstream.rows_small", "TrainingRow"]);
  expect(schema.aliases).toEqual(["loopstream.rows.TrainingRow"]);
  expect(rowColumns(small())).toEqual(Object.keys(ROW));
  expect(schema.fields.slice(11, 16).map(({ name, type }) => [name, type])).toEqual([
    ["distance", ["null", "double"]],
    ["carrier", ["null", "string"]],
    ["night", ["null", "double"]],
    ["m_arr", ["null", "double"]],
    ["n_arr", ["null", "double"]],
  ]);
});

test("labels with different waits have a column each that says which are mature; with one wait there is none", () => {
  const text = (wait: string): string =>
    FLIGHTS.replace(/^label:\n(?: {2}.*\n)+/m, (label) => {
      const lines = label.split("\n").slice(1, -1);
      const own = lines.filter((line) => !line.startsWith("  name:")).map((line) => `  ${line}`);
      const other = own.map((line) => line.replace(/wait: .*/, `wait: ${wait}`));
      return ["labels:", "  delayed:", ...own, "  again:", ...other, ""].join("\n");
    });
  const parsed = parseBlueprint(FLIGHTS).label.waitMs / 3_600_000;
  const differing = rowSchema(parseBlueprint(text(`${parsed - 1}h`))).fields;
  expect(differing.slice(-2).map(({ name, type }) => [name, type])).toEqual([
    ["maturity_delayed", ["null", "string"]],
    ["maturity_again", ["null", "string"]],
  ]);
  const same = rowSchema(parseBlueprint(text(`${parsed}h`))).fields.map(({ name }) => name);
  expect(differing.map(({ name }) => name)).toEqual([...same, "maturity_delayed", "maturity_again"]);
});

test("the schema of a blueprint with one label is what it was before there were several, to the letter but its name", () => {
  const hash = createHash("sha256")
    .update(JSON.stringify(formerRowSchema(parseBlueprint(FIRST_FLIGHTS))))
    .digest("hex");
  expect(hash).toBe("ecfd45015f769da078002cdfa84d1061ca6c0e39a32d7fc3afd81321997876c5");
});

test("every column has a doc, and every nullable one a default of null", () => {
  for (const field of rowSchema(parseBlueprint(FLIGHTS)).fields) {
    expect(field.doc.length, field.name).toBeGreaterThan(10);
    if (Array.isArray(field.type)) expect(field.default, field.name).toBe(null);
  }
});

test("a window's doc says what it aggregates and where its window ends", () => {
  const doc = (name: string): string | undefined => rowSchema(small()).fields.find((field) => field.name === name)?.doc;
  expect(doc("m_arr")).toBe(
    "Mean delay_min of arrival events by carrier and tailnum in [t − 3h, t), t the decision time; null when there is none.",
  );
  expect(doc("n_arr")).toContain("Number of arrival events by tailnum in (t − 1d, t)");
});

describe("a feature", () => {
  const resolve = (reader: Blueprint, writer: Blueprint, row: object): object => {
    const read = typeOf(reader);
    const written = typeOf(writer);
    return { ...(read.fromBuffer(written.toBuffer(row), read.createResolver(written)) as object) };
  };
  const without = parseBlueprint(edited("  - distance\n", ""));

  test("that was added reads as null from older rows", () => {
    const { distance: _, ...row } = ROW;
    expect(resolve(small(), without, row)).toEqual({ ...ROW, distance: null });
  });

  test("that was removed is skipped in older rows", () => {
    const { distance: _, ...row } = ROW;
    expect(resolve(without, small(), ROW)).toEqual(row);
  });
});

test("no feature can have the name of a column that every row has", () => {
  const features = new Set(small().features.map(({ name }) => name));
  for (const column of rowColumns(small())) expect(isReservedColumn(column)).toBe(!features.has(column));
  expect(isReservedColumn("prediction_delayed")).toBe(true);
});
