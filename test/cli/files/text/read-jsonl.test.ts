import { expect, test } from "vitest";
import { fileOf, rowsOf, testFolder } from "../folder.ts";

const folder = testFolder();
const text = [
  '{"id":"a","n":1.5,"ok":true,"gone":null}',
  "",
  '{"id":"b"',
  "[1,2]",
  '{"id":"c","tags":["x"],"of":{"id":7,"tags":1},"n":12345678901234567890}',
  '{"id":"d","n":12345678901234567890,"big":1e300,"least":-9007199254740991}',
].join("\n");

test.each(["rows.jsonl", "rows.jsonl.gz"])(
  "objects are rows without their lists and objects, and anything else is a problem of its line: %s",
  async (name) => {
    expect(await rowsOf(fileOf(folder, name, text))).toEqual([
      { line: 1, values: { id: "a", n: 1.5, ok: true, gone: null } },
      { line: 3, problem: expect.stringMatching(/^not JSON: /), text: '{"id":"b"' },
      { line: 4, problem: "expected a JSON object", text: "[1,2]" },
      {
        line: 5,
        values: { id: "c", n: "12345678901234567890" },
        unfit: new Map([
          ["tags", "a list"],
          ["of", "an object"],
        ]),
        lists: new Map([["tags", '["x"]']]),
        text: text.split("\n")[4],
      },
      { line: 6, values: { id: "d", n: "12345678901234567890", big: 1e300, least: -9007199254740991 } },
    ]);
  },
);

test("half a character is no value: two texts that differ would be stored as one", async () => {
  const lines = [String.raw`{"id":"\ud83d"}`, String.raw`{"id":"\ud83d\udc0e"}`, String.raw`{"id":"\u0000\u00e9"}`];
  expect(await rowsOf(fileOf(folder, "half.jsonl", lines.join("\n")))).toEqual([
    { line: 1, values: {}, unfit: new Map([["id", "half a character"]]), text: lines[0] },
    { line: 2, values: { id: "🐎" } },
    { line: 3, values: { id: "\u0000é" } },
  ]);
});

test("a name with half a character is left out with its value: no record with it could be read", async () => {
  const line = String.raw`{"id":"a","\ud83d":1,"n\udc0e":[1],"\ud83d\udc0e":2}`;
  const half = "half a character in its name";
  const unfit = new Map([
    ["\ud83d", half],
    ["n\udc0e", half],
  ]);
  expect(await rowsOf(fileOf(folder, "half-name.jsonl", line))).toEqual([
    { line: 1, values: { id: "a", "🐎": 2 }, unfit, text: line },
  ]);
});

test.each([
  ["9007199254740993", "9007199254740993"],
  ["9007199254740993.0", "9007199254740993"],
  ["-90071992547409.93125", "-90071992547409.93125"],
  ["0.12345678901234567890", "0.1234567890123456789"],
  ["12345678901234567.8e2", "1234567890123456780"],
  ["1234567890123456789e-3", "1234567890123456.789"],
  ["0.30000000000000004", 0.30000000000000004],
  ["1.00000000000000000000", 1],
  ["-0.00000000000000000000", -0],
  ["94110.0", 94_110],
  ["1e300", 1e300],
  ["100000000000000000000e-20", 1],
])("the number %s keeps its digits", async (written, read) => {
  const rows = await rowsOf(fileOf(folder, "digits.jsonl", `{"t":"1234567890.1234567890","n":${written}}\n`));
  expect(rows).toEqual([{ line: 1, values: { t: "1234567890.1234567890", n: read } }]);
});

test.each([
  ['{"id":"a","n":1,"n":2}', "n"],
  ['{"n":1,"id":"a", "\\u006e" :2}', "n"],
  ['{"a\\\\":1,"a\\\\":"x\\""}', "a\\"],
  ['{"__proto__":1,"__proto__":1}', "__proto__"],
  ['{"a":{"n":1,"n":2},"n":["}","\\""],"n":2}', "n"],
])("%s has a name twice and is a bad line that says which", async (line, name) => {
  const rows = await rowsOf(fileOf(folder, "twice.jsonl", `${line}\n{"id":"b"}\n`));
  expect(rows[0]).toMatchObject({
    line: 1,
    problem: `"${name}" is there more than once: which value counts?`,
    text: line,
  });
  expect(rows[1]).toMatchObject({ values: { id: "b" } });
});

test("texts that look like names are no names", async () => {
  const line = '{"a":"\\"b\\":1,\\"b\\":2","b":"x: \\\\","c":"{\\"a\\":1}"}';
  expect(await rowsOf(fileOf(folder, "texts.jsonl", line))).toEqual([{ line: 1, values: JSON.parse(line) as object }]);
});
