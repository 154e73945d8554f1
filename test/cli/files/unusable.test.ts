import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { exitCodeOf, exitCodes } from "../../../cli/exit-codes.ts";
import { readTable, tableHead, TableError } from "../../../cli/files/index.ts";
import { rowsOf, testFolder, valuesOf } from "./folder.ts";

const folder = testFolder();
let files = 0;
function file(suffix: string, content: Buffer | string): string {
  const path = join(folder, `${(files += 1)}${suffix}`);
  writeFileSync(path, content);
  return path;
}

const text = "id,name\n1,Zürich\n2,Genève\n";
const utf16 = (marked: boolean): Buffer => Buffer.from((marked ? "\ufeff" : "") + text, "utf16le");
const long = `id\n${"x".repeat(17 * 1024 * 1024)}\n`;
const cases: readonly (readonly [what: string, suffix: string, content: Buffer | string, reason: RegExp])[] = [
  ["an empty CSV", ".csv", "", /is empty/],
  ["blank lines alone", ".csv", "\n\r\n\n", /is empty/],
  ["an empty JSON lines file", ".jsonl", "", /is empty/],
  ["one byte of Parquet", ".parquet", "P", /parquet/i],
  ["an empty gzip file", ".csv.gz", "", /the gzip data ends early/],
  ["lines that end with CR alone", ".csv", "id,name\r1,a\r2,b\r", /lines end with CR alone/],
  ["JSON lines ended by CR alone", ".jsonl", '{ \r"id":1}\r{"id":2}\r', /lines end with CR alone/],
  ["Latin-1", ".csv", Buffer.from(text, "latin1"), /line 2 is not UTF-8/],
  ["UTF-16 with a mark", ".csv", utf16(true), /is UTF-16 text \(little-endian\)/],
  ["UTF-16 without one", ".csv", utf16(false), /is UTF-16 text \(little-endian\)/],
  ["UTF-16 the other way", ".jsonl", Buffer.from(utf16(true)).swap16(), /is UTF-16 text \(big-endian\)/],
  ["UTF-32", ".csv", Buffer.from([0xff, 0xfe, 0, 0, 0x69, 0, 0, 0]), /is UTF-32 text/],
  ["gzip under another name", ".csv", gzipSync(text), /holds gzip data/],
  ["Parquet under another name", ".csv", "PAR1....", /holds Parquet data/],
  ["a spreadsheet", ".csv", Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), /is a ZIP file/],
  ["text under the name of gzip", ".csv.gz", text, /is not gzip/],
  ["another separator", ".csv", "id;name\n1;a\n", /columns are separated by ";"/],
  ["tabs", ".csv", "id\tname\n1\ta\n", /columns are separated by a tab/],
  ["a JSON array", ".jsonl", '[\n{"id":1}\n]\n', /is a JSON array/],
  ["half a Parquet file", ".parquet", "PAR1" + "x".repeat(100), /is no Parquet file, or is cut off/],
  ["a line of 17 million characters", ".csv", long, /line 2 is longer than/],
];

test.each(cases)("%s is an error that names the file and the reason", async (_what, suffix, content, reason) => {
  const path = file(suffix, content);
  const error: unknown = await tableHead(path)
    .then(() => rowsOf(path))
    .catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(TableError);
  expect((error as Error).message).toMatch(reason);
  expect((error as Error).message.startsWith(`${path}: `)).toBe(true);
  expect(exitCodeOf(error)).toBe(exitCodes.usage);
});

test("a gzip file that ends early is an error, after its lines", async () => {
  const whole = gzipSync(`id\n${Array.from({ length: 50_000 }, (_, at) => at * 7_919).join("\n")}\n`);
  const path = file(".csv.gz", whole.subarray(0, whole.length - 2_000));
  let read = 0;
  const reading = (async () => {
    for await (const row of readTable(path)) if ("values" in row) read += 1;
  })();
  await expect(reading).rejects.toThrow(/the gzip data ends early/);
  expect(read).toBeGreaterThan(1_000);
});

test("a folder, a missing file and an unknown ending are errors with their reasons", async () => {
  const path = join(folder, "folder.csv");
  mkdirSync(path);
  await expect(tableHead(path)).rejects.toThrow(/is a folder/);
  await expect(tableHead(join(folder, "none.csv"))).rejects.toThrow(/no such file/);
  await expect(tableHead(join(folder, "d.xlsx"))).rejects.toThrow(/Known endings: .csv/);
});

test("a full disk is no fault of the file", () => {
  const full = new TableError("rows.csv", "the disk is full.", Object.assign(new Error(), { code: "ENOSPC" }));
  expect(full.code).toBe("NO_ROOM");
  expect(exitCodeOf(full)).toBe(exitCodes.failed);
});

test("characters of several bytes at every border of what is read at once stay whole", async () => {
  for (const lead of [0, 1, 2, 3]) {
    const field = `${"x".repeat(lead)}${"🐎é".repeat(40_000)}`;
    expect(await valuesOf(file(".csv", `a\n${field}\n`))).toEqual([{ a: field }]);
  }
});

test("a header is read alone; of JSON lines the names of the first thousand lines are", async () => {
  expect(await tableHead(file(".csv", "\ufeffid,n\r\n1,2\r\n"))).toEqual({ columns: ["id", "n"], open: false });
  const lines = ['{"id":1}', '{"id":2,"n":3}', ...Array.from({ length: 998 }, () => '{"id":4}'), '{"late":1}'];
  expect(await tableHead(file(".jsonl", lines.join("\n")))).toEqual({ columns: ["id", "n"], open: true });
});
