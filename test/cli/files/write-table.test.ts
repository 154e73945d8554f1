import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { asyncBufferFromFile, parquetMetadataAsync } from "hyparquet";
import { describe, expect, test } from "vitest";
import { tableWriter, type TableColumn, type TableFormat } from "../../../cli/files/index.ts";
import { rowsOf, testFolder, valuesOf } from "./folder.ts";

const folder = testFolder();
const columns: readonly TableColumn[] = [
  { name: "id", type: "string" },
  { name: "value, mean", type: "double" },
  { name: "ok", type: "boolean" },
  { name: "at", type: "timestamp" },
];
const at = Date.UTC(2013, 0, 1, 9, 15, 0, 250);
const hard = 'a "quoted", text\nof two lines, žluťoučký 🐎';
const given: readonly Readonly<Record<string, unknown>>[] = [
  { id: hard, "value, mean": 0.1 + 0.2, ok: true, at },
  { id: " spaces ", "value, mean": -1e-300, ok: false, at: new Date(at), other: "left out" },
  { id: null, "value, mean": Number.NaN, at: null },
  { id: 42n, "value, mean": 7n, ok: true, at: "2013-01-01T10:15:00.250+01:00" },
];
const iso = "2013-01-01T09:15:00.250Z";
const typed = [
  { id: hard, "value, mean": 0.1 + 0.2, ok: true, at: iso },
  { id: " spaces ", "value, mean": -1e-300, ok: false, at: iso },
  { id: null, "value, mean": null, ok: null, at: null },
  { id: "42", "value, mean": 7, ok: true, at: iso },
];
const asText = typed.map((row) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)])),
);

async function write(
  path: string,
  format: TableFormat,
  rows: Iterable<Readonly<Record<string, unknown>>>,
): Promise<void> {
  const writer = await tableWriter(path, format, columns);
  for (const row of rows) await writer.write(row);
  await writer.close();
}

describe("a round trip", () => {
  test.each([
    ["trip.csv", "csv", asText],
    ["trip.csv.gz", "csv", asText],
    ["trip.jsonl", "jsonl", typed],
    ["trip.jsonl.gz", "jsonl", typed],
    ["trip.parquet", "parquet", typed],
  ] as const)("through %s keeps every value", async (name, format, expected) => {
    const path = join(folder, name);
    await write(path, format, given);
    expect(await valuesOf(path)).toEqual(expected);
  });

  test.each(["csv", "jsonl", "parquet"] as const)("of an empty %s table is a table without rows", async (format) => {
    const path = join(folder, `empty.${format}`);
    await write(path, format, []);
    expect(await rowsOf(path)).toEqual([]);
  });

  test("of a single column keeps its nulls apart from blank lines", async () => {
    const path = join(folder, "single.csv");
    const writer = await tableWriter(path, "csv", [{ name: "id", type: "string" }]);
    for (const id of ["a", null, "b"]) await writer.write({ id });
    await writer.close();
    expect(await valuesOf(path)).toEqual([{ id: "a" }, { id: null }, { id: "b" }]);
  });
});

test("ten thousand random texts of delimiters, quotes and line breaks come back as they were written", async () => {
  const pieces = [",", '"', '""', "\n", "\r", "\r\n", " ", "a", "é", "🐎", ""];
  let seed = 20_130_101;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const text = (): string => Array.from({ length: random(7) }, () => pieces[random(pieces.length)]).join("");
  const rows = Array.from({ length: 5_000 }, () => ({ one: text(), two: text() }));
  for (const format of ["csv", "jsonl", "parquet"] as const) {
    const path = join(folder, `random.${format}`);
    const writer = await tableWriter(path, format, [
      { name: "one", type: "string" },
      { name: "two", type: "string" },
    ]);
    for (const row of rows) await writer.write(row);
    await writer.close();
    const nullable = (field: string): string | null => (format === "csv" && field === "" ? null : field);
    expect(await valuesOf(path)).toEqual(rows.map(({ one, two }) => ({ one: nullable(one), two: nullable(two) })));
  }
});

test("CSV is quoted only where RFC 4180 asks for it", async () => {
  const path = join(folder, "quoted.csv.gz");
  await write(path, "csv", [...given.slice(0, 1), { id: "", "value, mean": 1 }, { id: "plain" }]);
  expect(gunzipSync(readFileSync(path)).toString()).toBe(
    `id,"value, mean",ok,at\n"${hard.replaceAll('"', '""')}",0.30000000000000004,true,${iso}\n"",1,,\nplain,,,\n`,
  );
});

test("Parquet holds at most a million cells a row group, so that a table of many columns takes no more memory", async () => {
  const path = join(folder, "wide.parquet");
  const wide = Array.from({ length: 400 }, (_, at): TableColumn => ({ name: `x${at}`, type: "double" }));
  const writer = await tableWriter(path, "parquet", wide);
  for (let row = 0; row < 2_600; row++) await writer.write({ x0: row, x399: -row });
  await writer.close();
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
  expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([2_500, 100]);
  expect((await valuesOf(path)).map(({ x399 }) => x399)).toEqual(Array.from({ length: 2_600 }, (_, row) => -row));
});

test("Parquet holds at most 100,000 rows a row group and gives all of them back in order", async () => {
  const path = join(folder, "groups.parquet");
  function* rows(): Generator<Readonly<Record<string, unknown>>> {
    for (let row = 0; row < 210_000; row += 1) {
      yield { id: `id-${row}`, "value, mean": row % 3 === 0 ? null : row / 7, ok: row % 2 === 0, at: at + row };
    }
  }
  await write(path, "parquet", rows());
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
  expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([100_000, 100_000, 10_000]);
  expect(metadata.schema.map(({ name, type, logical_type }) => [name, type, logical_type])).toEqual([
    ["root", undefined, undefined],
    ["id", "BYTE_ARRAY", { type: "STRING" }],
    ["value, mean", "DOUBLE", undefined],
    ["ok", "BOOLEAN", undefined],
    ["at", "INT64", { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" }],
  ]);
  const expected = rows();
  for (const [index, row] of (await rowsOf(path)).entries()) {
    const { value } = expected.next() as { value: Record<string, unknown> };
    const want = { ...value, at: new Date(at + index).toISOString() };
    if (JSON.stringify(row) !== JSON.stringify({ line: index + 1, values: want })) expect(row).toEqual(want);
  }
  expect(expected.next().done).toBe(true);
});

test("a damaged Parquet file is an error that names it", async () => {
  const path = join(folder, "whole.parquet");
  await write(path, "parquet", given);
  const cut = join(folder, "cut.parquet");
  writeFileSync(cut, readFileSync(path).subarray(0, 200));
  await expect(rowsOf(cut)).rejects.toThrow(cut);
});

describe("a file", () => {
  test("takes its name only when it is complete, and what bore the name stays until then", async () => {
    const path = join(folder, "late.csv");
    writeFileSync(path, "before");
    const writer = await tableWriter(path, "csv", columns);
    for (let row = 0; row < 10_000; row += 1) await writer.write({ id: `row ${row}` });
    expect(readFileSync(path, "utf8")).toBe("before");
    expect(existsSync(`${path}.partial`)).toBe(true);
    await writer.close();
    expect((await rowsOf(path)).length).toBe(10_000);
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  test.each(["csv", "csv.gz", "parquet"])("given up leaves nothing behind: .%s", async (ending) => {
    const path = join(folder, `given-up.${ending}`);
    const writer = await tableWriter(path, ending === "parquet" ? "parquet" : "csv", columns);
    await writer.write({ id: "a" });
    await writer.abort();
    expect(readdirSync(folder).filter((name) => name.startsWith("given-up"))).toEqual([]);
    await expect(writer.write({ id: "b" })).rejects.toThrow(/is closed/);
  });

  test("in a folder that is not there is refused at once, by name", async () => {
    const path = join(folder, "nowhere/out.csv");
    await expect(tableWriter(path, "csv", columns)).rejects.toThrow(`${path}: no such file or folder`);
  });

  test.skipIf(!existsSync("/dev/full"))("does not appear when the disk is full, and the writer is told", async () => {
    for (const [name, format] of [
      ["full.csv", "csv"],
      ["full.jsonl.gz", "jsonl"],
      ["full.parquet", "parquet"],
    ] as const) {
      const path = join(folder, name);
      symlinkSync("/dev/full", `${path}.partial`);
      const writer = await tableWriter(path, format, columns);
      const writeAll = async (): Promise<void> => {
        for (let row = 0; row < 50_000; row += 1) await writer.write({ id: `row ${row}`, "value, mean": row / 7 });
        await writer.close();
      };
      await expect(writeAll()).rejects.toThrow(`${path}: the disk is full`);
      await writer.abort();
      expect(readdirSync(folder).filter((file) => file.startsWith("full"))).toEqual([]);
    }
  });
});

describe("a row", () => {
  test.each([
    [{ "value, mean": "12" }, /row 2: column "value, mean" holds doubles, not string 12/],
    [{ "value, mean": Infinity }, /holds doubles, not number Infinity/],
    [{ ok: 1 }, /column "ok" holds booleans/],
    [{ at: "yesterday" }, /column "at" holds timestamps/],
    [{ id: { nested: 1 } }, /column "id" holds strings/],
  ])("of another type is refused whole and the table stays good: %j", async (row, message) => {
    const path = join(folder, "refused.jsonl");
    const writer = await tableWriter(path, "jsonl", columns);
    await writer.write({ id: "first" });
    await expect(writer.write(row)).rejects.toThrow(message);
    await writer.write({ id: "last" });
    await writer.close();
    expect((await valuesOf(path)).map(({ id }) => id)).toEqual(["first", "last"]);
  });
});

test("columns without a name of their own are refused", async () => {
  const twice = [...columns, ...columns];
  await expect(tableWriter(join(folder, "x.csv"), "csv", twice)).rejects.toThrow(/a name of its own/);
  await expect(tableWriter(join(folder, "x.csv"), "csv", [])).rejects.toThrow(/given: none/);
  await expect(tableWriter(join(folder, "x.parquet.gz"), "parquet", columns)).rejects.toThrow(/Leave out \.gz/);
});

describe("standard output", () => {
  const program = `
    import { tableWriter } from ${JSON.stringify(join(import.meta.dirname, "../../../cli/files/index.ts"))};
    const writer = await tableWriter("-", "csv", [{ name: "n", type: "double" }]);
    try {
      for (let n = 0; n < 200000; n += 1) await writer.write({ n });
      await writer.close();
    } catch (error) {
      await writer.abort();
      process.stderr.write(error.message);
      process.exitCode = 7;
    }`;

  test("carries the whole table through a pipe", () => {
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      maxBuffer: 1e8,
    });
    const lines = run.stdout.split("\n");
    expect([run.status, lines.length, lines[0], lines[200_000]]).toEqual([0, 200_002, "n", "199999"]);
  });

  test("tells the writer that its reader went away", () => {
    const script = join(folder, "pipe.mjs");
    writeFileSync(script, program);
    const run = spawnSync("bash", ["-c", `${process.execPath} ${script} | head -n 2; exit \${PIPESTATUS[0]}`], {
      encoding: "utf8",
    });
    expect([run.stdout, run.status, run.stderr]).toEqual(["n\n0\n", 7, expect.stringContaining("standard output: ")]);
  });
});
