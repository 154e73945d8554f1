import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { exportDecisions } from "../../cli/process/exports/export-decisions.ts";
import { exportRows } from "../../cli/process/exports/export-rows.ts";
import { readVersions } from "../../cli/process/blueprints/versions.ts";
import { publishBlueprint, startLoop } from "../../loop/index.ts";
import { clock, decisionRequests, decisions, observations } from "../../schemas/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { createConfluentRegistry, createPlatformaticBackbone, prefixed, SOURCE_HEADER } from "../../streams/index.ts";
import { temporaryDir } from "../e2e/command.ts";
import { FETCH_MS, python, runPython } from "../python/venv.ts";

const VISITS = `useCase: shop-visits
decisionSpace: boolean
context: { price: number, zip: category, note: category, member: boolean }
features: [price, zip, note, member]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: 1h }
policy: { decide: sale > 0.5 }
join: { ttl: 2h }
training: { minRows: 1, schedule: none, freshRows: none }
`;
const compiled = compileBlueprint(VISITS);
const { version } = compiled.blueprint;
const START = Date.UTC(2026, 2, 29, 0, 59, 59, 123);
const HOUR = 3_600_000;
const feed = { [SOURCE_HEADER]: Buffer.from("import-visits") };
const TABLES = ["rows", "decisions"] as const;
const FORMATS = ["parquet", "csv", "jsonl"] as const;

/** Identifiers that look like numbers, texts that need quotes, whole and broken numbers, and everything missing once. */
const made = [
  { id: "0042", unit: "007", price: 1.5, zip: "01234", note: 'said "no", left', member: true, logged: true },
  { id: "a,b", unit: "ünit 🐎", price: 7, zip: "99999", note: "two\nlines", member: false, logged: false },
  { id: "c", unit: "1e5", price: -1e-9, zip: "00000", note: null, member: null, logged: null },
  { id: "d", unit: "u", price: null, zip: null, note: "NaN is a text", member: true, logged: null },
  // Not observed, and so without a row.
  { id: "e", unit: "true", price: 123_456_789.25, zip: "7", note: "x", member: false, logged: true },
] as const;
const timeOf = (at: number): number => START + at * 60_000;
const iso = (time: number): string => new Date(time).toISOString().replace("Z", "+00:00");

const decided = made.map(({ id, unit, price, zip, note, member, logged }, at) => ({
  ...{ decisionId: id, unit, blueprintVersion: version, modelId: null, mode: "loggingOnly" },
  ...{ reason: logged === null ? "noModel" : "logged", decisionTime: iso(timeOf(at)) },
  ...{ value: logged, propensity: logged === null ? null : 0.25, price, zip, note, member, prediction_sale: null },
}));
const expected = {
  rows: decided.slice(0, 4).map(({ prediction_sale, ...decision }, at) => ({
    ...{ ...decision, rowTime: iso(timeOf(at) + HOUR), maturity: "provisional", label: at % 2, prediction_sale },
    labelTime: iso(timeOf(at) + 1_000),
  })),
  decisions: decided.map((decision) => ({
    ...{ ...decision, deferred: false, repeatOf: null, actions: "[false,true]" },
    distribution: decision.value === null ? null : decision.value ? "[0.75,0.25]" : "[0.25,0.75]",
    proposed: null,
  })),
};

const dir = temporaryDir();
const prefix = `analysts-${process.pid}-`;
beforeAll(async () => void (await python()), FETCH_MS);
beforeAll(async () => {
  const backbone = prefixed(await createPlatformaticBackbone({ brokers: inject("brokers") }), prefix);
  const registry = createConfluentRegistry({ url: inject("registry") });
  const loop = await startLoop({
    ...{ id: "analysts", backbone, registry, subjectPrefix: prefix, stateDir: join(dir.path, "state"), partitions: 2 },
    ...{ delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: Number.POSITIVE_INFINITY },
    ...{ salt: "x", codeVersion: "test" },
  });
  try {
    await publishBlueprint(loop, VISITS, 0);
    await loop.publisher.publish(
      made.map(({ id: decisionId, unit, logged, price, zip, note, member }, at) => ({
        ...{ topic: decisionRequests, key: decisionId, time: timeOf(at) },
        value: {
          ...{ decisionId, useCase: "shop-visits", unit, context: { price, zip, note, member }, deferred: false },
          logged: logged === null ? null : { value: logged, propensity: 0.25 },
        },
        headers: feed,
      })),
    );
    await loop.publisher.publish(
      made.slice(0, 4).map(({ id: decisionId }, at) => ({
        ...{ topic: observations, key: decisionId, time: timeOf(at) + 1_000, headers: feed },
        value: { decisionId, useCase: "", observationId: "once", values: { amount: (at % 2) * 9 } },
      })),
    );
    await loop.application.idle();
    const over = START + 5 * HOUR;
    for (const headers of [feed, {}]) {
      await loop.publisher.publish([{ topic: clock, key: "clock", value: { time: over }, time: over, headers }]);
      await loop.application.idle();
    }
    const known = await readVersions(loop);
    for (const format of FORMATS) {
      const options = {
        ...{ compiled, known, format, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY },
        onTaken: () => undefined,
      };
      const out = (table: string): string => join(dir.path, `${table}.${format}`);
      await exportRows(loop, { ...options, out: out("rows"), topic: undefined });
      await exportDecisions(loop, { ...options, out: out("decisions") });
    }
  } finally {
    await loop.close();
    await backbone.close();
    await registry.close();
  }
}, 900_000);
afterAll(() => dir.remove());

type Row = Readonly<Record<string, unknown>>;
interface Seen {
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

type Names = Readonly<Record<"text" | "time" | "number" | "boolean", string>>;
const kinds: Readonly<Record<string, keyof Names>> = {
  ...{ decisionTime: "time", rowTime: "time", labelTime: "time", repeatOf: "time" },
  ...{ value: "boolean", member: "boolean", deferred: "boolean" },
  ...{ propensity: "number", price: "number", label: "number", prediction_sale: "number" },
};
/** The types of a table's columns, by a library's names. */
const typesOf = (table: (typeof TABLES)[number], names: Names): Row =>
  Object.fromEntries(Object.keys(expected[table][0]!).map((name) => [name, names[kinds[name] ?? "text"]]));
/** Columns of which a text file shows the type. The others are null everywhere, or whole numbers everywhere. */
const SHOWN = ["decisionId", "unit", "zip", "note", "price", "propensity", "value", "member", "decisionTime"];
const shown = (types: Row): Row => Object.fromEntries(SHOWN.map((name) => [name, types[name]]));

const read = async (library: string): Promise<Readonly<Record<string, Seen>>> =>
  (await runPython(join(import.meta.dirname, `with_${library}.py`), [dir.path])) as Record<string, Seen>;

test("pandas reads rows and decisions with the types a person expects", async () => {
  const seen = await read("pandas");
  const names = { text: "str", time: "datetime64[ms, UTC]", number: "float64", boolean: "object" };
  // As they come, its booleans have no room for a missing value.
  const asTheyCome = (table: string) => (table === "rows" ? {} : { deferred: "bool" });
  const nullable = { text: "string", time: names.time, number: "Float64", boolean: "boolean" };
  const ofText = { ...names, time: "datetime64[us, UTC]" };
  for (const table of TABLES) {
    for (const way of ["parquet", "nullable", "csv", "jsonl"])
      expect(seen[`${table}.${way}`]!.rows).toEqual(expected[table]);
    expect(seen[`${table}.parquet`]!.types).toEqual({ ...typesOf(table, names), ...asTheyCome(table) });
    expect(seen[`${table}.nullable`]!.types).toEqual(typesOf(table, nullable));
    expect(shown(seen[`${table}.csv`]!.types)).toEqual(shown(typesOf(table, { ...ofText, boolean: "boolean" })));
    expect(shown(seen[`${table}.jsonl`]!.types)).toEqual(shown(typesOf(table, ofText)));
  }
});

test("DuckDB reads rows and decisions with the types a person expects, whatever the zone of its session", async () => {
  const seen = await read("duckdb");
  const names = { text: "VARCHAR", time: "TIMESTAMP WITH TIME ZONE", number: "DOUBLE", boolean: "BOOLEAN" };
  for (const table of TABLES) {
    for (const format of FORMATS) expect(seen[`${table}.${format}`]!.rows).toEqual(expected[table]);
    expect(seen[`${table}.parquet`]!.types).toEqual(typesOf(table, names));
    for (const format of ["csv", "jsonl"]) {
      expect(shown(seen[`${table}.${format}`]!.types)).toEqual(shown(typesOf(table, names)));
    }
  }
});

test("polars reads rows and decisions with the types a person expects", async () => {
  const seen = await read("polars");
  const time = (unit: string): string => `Datetime(time_unit='${unit}', time_zone='UTC')`;
  const names = { text: "String", time: time("ms"), number: "Float64", boolean: "Boolean" };
  for (const table of TABLES) {
    for (const format of FORMATS) expect(seen[`${table}.${format}`]!.rows).toEqual(expected[table]);
    expect(seen[`${table}.parquet`]!.types).toEqual(typesOf(table, names));
    for (const format of ["csv", "jsonl"]) {
      expect(shown(seen[`${table}.${format}`]!.types)).toEqual(shown(typesOf(table, { ...names, time: time("us") })));
    }
  }
});

test("confluent-kafka reads the committed records of the topics alone, and its group's lag ends at 0 behind all markers", async () => {
  const [rows, recorded] = [prefix + rowsTopic(compiled).name, prefix + decisions.name] as const;
  const script = join(import.meta.dirname, "from_topics.py");
  const seen = (await runPython(script, [inject("brokers"), inject("registry"), rows, recorded])) as Readonly<
    Record<string, Seen & { names: string[]; lag: number[]; offsets: number; uncommitted: number }>
  >;
  const inOrder = (all: readonly Row[]): readonly Row[] =>
    all.toSorted((a, b) => (String(a["decisionId"]) < String(b["decisionId"]) ? -1 : 1));
  // A boolean feature is 1 or 0 there.
  const onTopic = expected.rows.map((row) => ({ ...row, member: row.member === null ? null : Number(row.member) }));
  expect(inOrder(seen[rows]!.rows)).toEqual(inOrder(onTopic));
  expect(seen[rows]!.names).toEqual(["loopstream.rows_shop_visits.TrainingRow"]);
  expect(inOrder(seen[recorded]!.rows)).toMatchObject(
    inOrder(expected.decisions).map(({ decisionId, decisionTime, value }) => ({ decisionId, decisionTime, value })),
  );
  for (const topic of [rows, recorded]) {
    const { lag, offsets, uncommitted, rows: committed } = seen[topic]!;
    expect(lag).toEqual([0, 0]);
    expect(uncommitted).toBe(committed.length + 1);
    // Markers take offsets.
    expect(offsets).toBeGreaterThan(uncommitted);
  }
});
