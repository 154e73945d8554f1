import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readTable } from "../../../../cli/files/index.ts";
import { maxRecordLength } from "../../../../cli/files/text/csv-records.ts";
import { fileOf, flights, rowsOf, testFolder, valuesOf } from "../folder.ts";

const folder = testFolder();
let files = 0;
const csv = (text: string): string => fileOf(folder, `${(files += 1)}.csv`, text);

describe("good lines", () => {
  test("the header is line 1, fields stay strings, an empty field is null", async () => {
    expect(await rowsOf(csv("id,n,note\na,007,\nb,,1e3\n"))).toEqual([
      { line: 2, values: { id: "a", n: "007", note: null } },
      { line: 3, values: { id: "b", n: null, note: "1e3" } },
    ]);
  });

  test("quoted commas, quotes and line breaks belong to the field, and line numbers count the file's lines", async () => {
    expect(await rowsOf(csv('id,note\n1,"a, ""b"""\n2,"one\n\ntwo"\n3,""\n'))).toEqual([
      { line: 2, values: { id: "1", note: 'a, "b"' } },
      { line: 3, values: { id: "2", note: "one\n\ntwo" } },
      { line: 6, values: { id: "3", note: null } },
    ]);
  });

  test("CRLF, a byte-order mark, blank lines and a missing last line break change nothing but the line numbers", async () => {
    expect(await rowsOf(csv('\ufeff"id",n\r\n\r\n1,"x"\r\n\r\n2,y'))).toEqual([
      { line: 3, values: { id: "1", n: "x" } },
      { line: 5, values: { id: "2", n: "y" } },
    ]);
  });

  test("a line break inside quotes stays as it was written", async () => {
    expect(await valuesOf(csv('a,b\r\n"x\r\ny","\r"\r\n"x\ny",z\r\n'))).toEqual([
      { a: "x\r\ny", b: "\r" },
      { a: "x\ny", b: "z" },
    ]);
  });

  test("letters of several bytes survive the borders of what is read at once", async () => {
    const note = "žluťoučký 🐎 ".repeat(9);
    const lines = Array.from({ length: 4_000 }, (_, index) => `${index},${note}`);
    const values = await valuesOf(csv(["id,note", ...lines].join("\n")));
    expect(values.length).toBe(4_000);
    expect(values.every((row, index) => row.id === String(index) && row.note === note)).toBe(true);
  });

  test("a file with a header only has no rows", async () => {
    expect(await rowsOf(csv("id,n\n"))).toEqual([]);
  });
});

describe("bad lines", () => {
  test("a line with too few or too many columns is a problem with its text, and the rest goes on", async () => {
    expect(await rowsOf(csv("a,b,c\n1,2\n1,2,3\n1,2,3,4\n4,5,6\n"))).toEqual([
      { line: 2, problem: "expected 3 columns, found 2", text: "1,2" },
      { line: 3, values: { a: "1", b: "2", c: "3" } },
      { line: 4, problem: "expected 3 columns, found 4", text: "1,2,3,4" },
      { line: 5, values: { a: "4", b: "5", c: "6" } },
    ]);
  });

  test("a quote inside a field that has none around it is a problem of that line only", async () => {
    expect(await rowsOf(csv('a,b\n5" pipe,1\n2,3\n4,"x\ny"\n'))).toEqual([
      { line: 2, problem: expect.stringContaining("broken quotes"), text: '5" pipe,1' },
      { line: 3, values: { a: "2", b: "3" } },
      { line: 4, values: { a: "4", b: "x\ny" } },
    ]);
  });

  test("text after a closing quote is a problem of that line only", async () => {
    expect(await rowsOf(csv('a,b\n"x"y,1\n2,3\n'))).toEqual([
      { line: 2, problem: expect.stringContaining("follows a closing quote"), text: '"x"y,1' },
      { line: 3, values: { a: "2", b: "3" } },
    ]);
  });

  test("a quote that is never closed does not swallow the lines after it", async () => {
    expect(await rowsOf(csv('a,b\n1,"open\n2,3\n4,"q"\n5,"also open\n6,7'))).toEqual([
      { line: 2, problem: expect.stringContaining("quote"), text: '1,"open' },
      { line: 3, values: { a: "2", b: "3" } },
      { line: 4, values: { a: "4", b: "q" } },
      { line: 5, problem: "a quote is opened and never closed", text: '5,"also open' },
      { line: 6, values: { a: "6", b: "7" } },
    ]);
  });

  test("a quote still open after a million characters is given up, whatever follows", async () => {
    const good = Array.from({ length: 200_000 }, (_, index) => `${index},row`);
    const rows = await rowsOf(csv(['a,b\n0,"open', ...good].join("\n")));
    expect(good.join("\n").length).toBeGreaterThan(maxRecordLength);
    expect(rows[0]).toEqual({ line: 2, problem: expect.stringContaining("not closed within"), text: '0,"open' });
    expect(rows.length).toBe(200_001);
    expect(rows.at(-1)).toEqual({ line: 200_002, values: { a: "199999", b: "row" } });
  });

  test("a million blank lines after an open quote are read again without harm", async () => {
    const rows = await rowsOf(csv(`a,b\n0,"open\n${"\n".repeat(maxRecordLength + 10)}1,2\n`));
    expect(rows.map((row) => row.line)).toEqual([2, maxRecordLength + 13]);
  });
});

describe("files that are no tables", () => {
  test.each([
    ["", /is empty\. The first line must name the columns/],
    ["a,b,a\n1,2,3\n", /line 1: the column name "a" cannot be used here/],
    ["a,,b\n", /line 1: column 2 has no name/],
    ['a,"b\n1,2\n', /line 1: a quote is opened and never closed/],
  ])("a header that names no columns is refused: %j", async (text, message) => {
    const path = csv(text);
    await expect(rowsOf(path)).rejects.toThrow(message);
    await expect(rowsOf(path)).rejects.toThrow(path);
  });

  test("an unknown ending, a missing file and a folder are refused by name", async () => {
    await expect(rowsOf("flights.xlsx")).rejects.toThrow(
      "flights.xlsx: the name does not tell how the file is written. Known endings: .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet.",
    );
    for (const ending of ["csv", "csv.gz", "jsonl", "parquet"]) {
      const missing = join(folder, `missing.${ending}`);
      await expect(rowsOf(missing)).rejects.toThrow(`${missing}: no such file`);
    }
    for (const name of ["folder.csv", "folder.csv.gz", "folder.parquet"]) {
      mkdirSync(join(folder, name));
      await expect(rowsOf(join(folder, name))).rejects.toThrow(`${name}: is a folder`);
    }
  });

  test("truncated gzip yields the rows before the cut, then an error that names the file", async () => {
    const whole = readFileSync(flights("observations-2013-q1.csv.gz"));
    const path = join(folder, "cut.csv.gz");
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    let rows = 0;
    const read = async (): Promise<void> => {
      for await (const row of readTable(path)) if ("values" in row && row.values.delay_min !== null) rows += 1;
    };
    await expect(read()).rejects.toThrow(`${path}: the gzip data ends early`);
    expect(rows).toBeGreaterThan(50_000);
    expect(rows).toBeLessThan(100_000);
  });

  test("a name that hides or feigns gzip is refused", async () => {
    const feigned = join(folder, "feigned.csv.gz");
    writeFileSync(feigned, "a,b\n1,2\n");
    await expect(rowsOf(feigned)).rejects.toThrow(/not gzip/);
    const hidden = join(folder, "hidden.csv");
    writeFileSync(hidden, readFileSync(flights("observations-2013-q1.csv.gz")));
    await expect(rowsOf(hidden)).rejects.toThrow(/Give it a name that ends in \.gz/);
  });

  test("a file without line breaks is refused before it is held whole", async () => {
    await expect(rowsOf(csv("x".repeat(17 * 1024 * 1024)))).rejects.toThrow(/line 1 is longer than/);
  });
});

test("reading can stop at any row and closes the file", async () => {
  for await (const row of readTable(flights("decisions-2013-q1.csv.gz"))) {
    expect(row.line).toBe(2);
    break;
  }
});
