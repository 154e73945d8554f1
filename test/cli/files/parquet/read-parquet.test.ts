import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetMetadata } from "hyparquet";
import { expect, test } from "vitest";
import { fileTables, tableHead } from "../../../../cli/files/index.ts";
import { holdsNoValues, parquetValue, rawElement } from "../../../../cli/files/parquet/parquet-values.ts";
import { rowsOf, testFolder } from "../folder.ts";

const fixture = (name: string): string => join(import.meta.dirname, "../../../fixtures/parquet", name);

test.each(["snappy", "zstd", "gzip", "brotli", "lz4"])(
  "a file of pyarrow with %s: large integers stay text, times in UTC end with Z and times without a zone do not, NaN is null",
  async (codec) => {
    expect(await rowsOf(fixture(`types-${codec}.parquet`))).toEqual([
      {
        line: 1,
        values: {
          text: "a",
          category: "x",
          int64: "1152921504606846976",
          uint64: "9223372036854775809",
          float: 0.5,
          bool: true,
          decimal: 1.25,
          millis: "2013-01-01T09:15:00.250",
          micros: "2013-01-01T09:15:00.250Z",
          nanos: "2013-01-01T09:15:00.250",
          day: "2013-01-01",
          nothing: null,
        },
      },
      {
        line: 2,
        values: {
          text: null,
          category: "y",
          int64: -5,
          uint64: 1,
          float: null,
          bool: null,
          decimal: null,
          millis: null,
          micros: null,
          nanos: null,
          day: null,
          nothing: null,
        },
      },
      {
        line: 3,
        values: {
          text: "",
          category: "x",
          int64: null,
          uint64: null,
          float: null,
          bool: false,
          decimal: -3.5,
          millis: null,
          micros: "1960-01-01T00:00:00.000Z",
          nanos: "1969-12-31T23:59:59.999",
          day: "1969-12-31",
          nothing: null,
        },
      },
    ]);
  },
);

test("columns of lists and intervals are left out, and the head says what they hold", async () => {
  expect(await rowsOf(fixture("nested.parquet"))).toEqual([
    { line: 1, values: { id: "a" } },
    { line: 2, values: { id: "b" } },
  ]);
  expect(await tableHead(fixture("nested.parquet"))).toEqual({
    ...{ columns: ["id"], open: false },
    noValues: new Map([["list", "a list"]]),
  });
  expect((await tableHead(fixture("interval.parquet"))).noValues).toEqual(new Map([["lasts", "an interval"]]));
  const [row] = await rowsOf(fixture("interval.parquet"));
  expect(row).toHaveProperty("values");
  expect(row).not.toHaveProperty("values.lasts");
});

test.each(["exact", "exact-integers"])(
  "decimals lose no digit, a time keeps whether it has a zone, and what is no UTF-8 is no text: %s",
  async (name) => {
    const [one, two, three] = await rowsOf(fixture(`${name}.parquet`));
    expect(one).toEqual({
      line: 1,
      values: {
        ...{ wide: "12345678901234567890123", tenth: 0.3, whole: 94110, small: "0.0000001" },
        ...{ utc: "1960-01-01T00:00:00.000Z", there: "2026-03-08T02:30:00.000Z", local: "2026-03-08T02:30:00.000" },
        ...{ day: "2026-03-08", clock: "09:15:00.250", bytes: "plain" },
      },
    });
    expect(two).toMatchObject({ values: { wide: "-12345678901234567890123", tenth: -0.7, whole: 0, small: 1.5 } });
    expect(three).toMatchObject({ line: 3, unfit: new Map([["bytes", "bytes that are no text"]]) });
  },
);

test("an INT96 time names no zone: its writer's is not known", async () => {
  expect((await rowsOf(fixture("int96.parquet")))[0]).toEqual({
    line: 1,
    values: { local: "2026-03-08T02:30:00.000" },
  });
});

test("decimals kept as bytes of any length are read digit for digit", () => {
  const element = { name: "d", type: "BYTE_ARRAY", converted_type: "DECIMAL", scale: 2, precision: 30 } as const;
  const read = parquetValue(element);
  expect(
    [[0x7b], [0xff], [0x01, 0, 0, 0, 0, 0, 0, 0, 0], [], null].map((bytes) => read(bytes && Uint8Array.from(bytes))),
  ).toEqual([1.23, -0.01, "184467440737095516.16", 0, null]);
  expect(rawElement(element)).toEqual({
    name: "d",
    type: "BYTE_ARRAY",
    scale: 2,
    precision: 30,
    logical_type: { type: "GEOMETRY" },
  });
});

test.each([
  [{ element: { name: "a", type: "BYTE_ARRAY", converted_type: "BSON" } }, "BSON"],
  [{ element: { name: "a", type: "FIXED_LEN_BYTE_ARRAY", type_length: 8 } }, "bytes"],
  [{ element: { name: "a" }, children: [{}] }, "an object"],
  [{ element: { name: "a", converted_type: "MAP" }, children: [{}] }, "a map"],
  [{ element: { name: "a", type: "INT32", repetition_type: "REPEATED" } }, "a list"],
  [{ element: { name: "a", type: "INT32" } }, undefined],
])("%j holds %s", (column, holds) => {
  expect(holdsNoValues({ children: [], ...column } as never)).toBe(holds);
});

const folder = testFolder();

test("a first look at some columns finds the damage of the others, before anything is published", async () => {
  const bytes = readFileSync(fixture("types-snappy.parquet"));
  const { buffer, byteOffset, length } = bytes;
  const { columns } = parquetMetadata(buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer).row_groups[0]!;
  const { data_page_offset: from, total_compressed_size: size } = columns.find(
    ({ meta_data: data }) => data!.path_in_schema[0] === "float",
  )!.meta_data!;
  const seen = async (path: string): Promise<number> => {
    let rows = 0;
    const table = fileTables({ decisions: path }).decisions!;
    for await (const run of table.runs!(new Set(["text"]))) rows += run.length;
    return rows;
  };
  expect(await seen(fixture("types-snappy.parquet"))).toBeGreaterThan(0);
  const path = join(folder, "damaged.parquet");
  writeFileSync(path, bytes.fill(255, Number(from), Number(from + size)));
  await expect(seen(path)).rejects.toThrow(path);
});
