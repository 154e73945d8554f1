import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint, type CompiledBlueprint } from "../../../blueprints/index.ts";
import { fileTables, readTable, rowTable, type TableFormat, tableWriter } from "../../../cli/files/index.ts";
import { recordsOf } from "../../../loop/history/lines/history-step.ts";
import { readHistory } from "../../../loop/history/lines/read-history.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { random } from "../../blueprints/random.ts";
import { fileOf, testFolder } from "./folder.ts";

const folder = testFolder();
const shop = (more = "", space = "boolean", decide = "sale > 0.5"): CompiledBlueprint =>
  compileBlueprint(`
useCase: shop
decisionSpace: ${space}
context: { price: number, zip: category, member: boolean, gift: boolean }
features: [price, zip, member, gift]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: 1h, default: 0 }
policy: { decide: '${decide}' }
${more}`);
const compiled = shop();
const all = (...versions: readonly CompiledBlueprint[]) => ({ all: () => versions });
const formats: readonly TableFormat[] = ["csv", "jsonl", "parquet"];

const row = (at: number, more: Partial<TrainingRow>): TrainingRow => ({
  ...{ decisionId: `d${at}`, unit: "u", blueprintVersion: compiled.blueprint.version, modelId: null, mode: "online" },
  ...{
    reason: "exploit",
    decisionTime: 1.7e12 + at,
    rowTime: 1.7e12 + at + 3_600_000,
    maturity: "mature",
    value: true,
  },
  ...{
    propensity: 1,
    price: null,
    zip: null,
    member: null,
    gift: null,
    label: 0,
    prediction_sale: null,
    labelTime: null,
  },
  ...more,
});

async function written(format: TableFormat, rows: readonly TrainingRow[], of = all(compiled)): Promise<string> {
  const path = join(folder, `rows.${format}`);
  const { columns, cellsOf } = rowTable(compiled.blueprint, of);
  const writer = await tableWriter(path, format, columns);
  for (const each of rows) await writer.write(cellsOf(each));
  await writer.close();
  return path;
}

async function valuesOf(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const found: Readonly<Record<string, unknown>>[] = [];
  for await (const each of readTable(path)) if ("values" in each) found.push(each.values);
  return found;
}

test("booleans are booleans, times are in UTC and categories are texts, in each format", async () => {
  const rows = [row(0, { zip: "0042", member: 1, gift: 0, price: 1e21 }), row(1, { value: null })];
  const time = new Date(1.7e12).toISOString();
  const typed = { zip: "0042", member: true, gift: false, price: 1e21, value: true, decisionTime: time };
  const asText = { zip: "0042", member: "true", gift: "false", price: "1e+21", value: "true", decisionTime: time };
  for (const format of formats) {
    const [first, second] = await valuesOf(await written(format, rows));
    expect(first).toMatchObject(format === "csv" ? asText : typed);
    expect(second).toMatchObject({ zip: null, member: null, gift: null, price: null, value: null });
  }
});

test("several labels have a column each, and none beside them, in each format", async () => {
  const labels = `labels:
  sale: { value: amount > 5, wait: 1h }
  spent: { value: amount, aggregate: sum, wait: 2h, objective: regression }`;
  const several = compileBlueprint(compiled.blueprint.text.replace(/label: .*/, labels));
  const rows = [
    row(0, { label: NaN, label_sale: null, label_spent: 2.5, labelTime_spent: 1.7e12, prediction_spent: 3 }),
    row(1, { label: 1, label_sale: 1, label_spent: null }),
  ];
  for (const format of formats) {
    const path = join(folder, `several.${format}`);
    const { columns, cellsOf } = rowTable(several.blueprint, all(several));
    const writer = await tableWriter(path, format, columns);
    for (const each of rows) await writer.write(cellsOf(each));
    await writer.close();
    const [first, second] = await valuesOf(path);
    const number = (value: number) => (format === "csv" ? String(value) : value);
    expect(Object.keys(first!)).not.toContain("label");
    expect(first).toMatchObject({ label_sale: null, label_spent: number(2.5), prediction_spent: number(3) });
    expect(second).toMatchObject({ label_sale: number(1), label_spent: null, labelTime_sale: null });
  }
});

test("a value is text only where versions whose rows are exported decide of different kinds of values", async () => {
  const number = shop("", "number", "sale");
  const otherLabel = compileBlueprint(number.blueprint.text.replace("wait: 1h", "wait: 2h"));
  const type = (...versions: readonly CompiledBlueprint[]) =>
    rowTable(compiled.blueprint, all(...versions)).columns.find(({ name }) => name === "value")?.type;
  expect([type(), type(compiled), type(compiled, otherLabel), type(compiled, number)]).toEqual([
    "boolean",
    "boolean",
    "boolean",
    "string",
  ]);
  const mixed = all(compiled, number);
  for (const format of formats) {
    const values = await valuesOf(await written(format, [row(0, {}), row(1, { value: 0.25 })], mixed));
    expect(values.map(({ value }) => value)).toEqual(["true", "0.25"]);
  }
});

test("rows that are exported and imported again are the same decisions, from each format", async () => {
  const next = random(24);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const zips = [
    "0042",
    "12E4",
    "1.0",
    "true",
    "NaN",
    "null",
    " x ",
    'a "b", c',
    "two\nlines",
    "\r\n",
    "9007199254740993",
    "é🐎",
  ];
  const numbers = [0, -0.5, 1e-9, 1e21, 1 / 3, 9007199254740993, -1.5e300, 5e-324, 42];
  const maybe = <T>(value: T): T | null => (next() < 0.2 ? null : value);
  const rows = Array.from({ length: 300 }, (_, at) =>
    row(at, {
      ...{ decisionId: pick(["007", "1.0", "9007199254740993", "x"]) + at, unit: pick(["0099", "12E4", "u"]) },
      ...{
        price: maybe(pick(numbers)),
        zip: maybe(pick(zips)),
        member: maybe(pick([0, 1])),
        gift: maybe(pick([0, 1])),
      },
    }),
  );
  const columns = {
    decisionId: "decisionId",
    decisionTime: "decisionTime",
    unit: "unit",
    observationTime: "decisionTime",
  };
  const observations = fileOf(folder, "none.csv", "decisionId,decisionTime\n");
  for (const format of formats) {
    const decisions = await written(format, rows);
    const found: unknown[] = [];
    for await (const step of readHistory(fileTables({ decisions, observations }), columns, compiled.blueprint, {
      stepMs: 3.6e6,
    })) {
      expect(step.bad).toEqual([]);
      for (const { value, time } of recordsOf(step.requests)) {
        const { decisionId, unit, context } = value as { decisionId: string; unit: string; context: {} };
        found.push({ decisionId, unit, time, features: compiled.fromContext(context) });
      }
    }
    expect(found).toEqual(
      rows.map(({ decisionId, unit, decisionTime: time, price, zip, member, gift }) => ({
        ...{ decisionId, unit, time },
        features: [price, zip, member, gift],
      })),
    );
  }
});
