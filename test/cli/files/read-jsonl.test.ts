import { expect, test } from "vitest";
import { fileOf, rowsOf, testFolder } from "./folder.ts";

const folder = testFolder();
const text = [
  '{"id":"a","n":1.5,"ok":true,"gone":null}',
  "",
  '{"id":"b"',
  "[1,2]",
  '{"id":"c","tags":["x"]}',
  '{"id":"d","n":12345678901234567890,"big":1e300,"least":-9007199254740991}',
].join("\n");

test.each(["rows.jsonl", "rows.jsonl.gz"])(
  "objects are rows and anything else is a problem of its line: %s",
  async (name) => {
    expect(await rowsOf(fileOf(folder, name, text))).toEqual([
      { line: 1, values: { id: "a", n: 1.5, ok: true, gone: null } },
      { line: 3, problem: expect.stringMatching(/^not JSON: /), text: '{"id":"b"' },
      { line: 4, problem: "expected a JSON object", text: "[1,2]" },
      {
        line: 5,
        problem: '"tags" holds a list or an object: only plain values make a table',
        text: expect.any(String),
      },
      { line: 6, values: { id: "d", n: "12345678901234567890", big: 1e300, least: -9007199254740991 } },
    ]);
  },
);

test("half a character is a problem: two texts that differ would be stored as one", async () => {
  const lines = [String.raw`{"id":"\ud83d"}`, String.raw`{"id":"\ud83d\udc0e"}`, String.raw`{"id":"\u0000\u00e9"}`];
  expect(await rowsOf(fileOf(folder, "half.jsonl", lines.join("\n")))).toEqual([
    { line: 1, problem: '"id" holds half a character: it would be stored as another text', text: lines[0] },
    { line: 2, values: { id: "🐎" } },
    { line: 3, values: { id: "\u0000é" } },
  ]);
});
