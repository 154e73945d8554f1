import { join } from "node:path";
import { expect, test } from "vitest";
import { rowsOf } from "./folder.ts";

const fixture = (name: string): string => join(import.meta.dirname, "../../fixtures/parquet", name);

test.each(["snappy", "zstd", "gzip", "brotli", "lz4"])(
  "a file of pyarrow with %s: large integers stay text, times are ISO-8601, NaN is null",
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
          millis: "2013-01-01T09:15:00.250Z",
          micros: "2013-01-01T09:15:00.250Z",
          nanos: "2013-01-01T09:15:00.250Z",
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
          nanos: "1969-12-31T23:59:59.999Z",
          day: "1969-12-31",
          nothing: null,
        },
      },
    ]);
  },
);

test("a row that holds a list is a problem with its values as JSON, and the rest goes on", async () => {
  expect(await rowsOf(fixture("nested.parquet"))).toEqual([
    {
      line: 1,
      problem: '"list" holds a list, an object or bytes: only plain values make a table',
      text: '{"id":"a","list":["1","2"]}',
    },
    { line: 2, values: { id: "b", list: null } },
  ]);
});
