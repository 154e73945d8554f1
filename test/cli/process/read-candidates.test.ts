import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readCandidates } from "../../../cli/process/read-candidates.ts";
import { UsageError } from "../../../cli/exit-codes.ts";

const dir = mkdtempSync(join(tmpdir(), "loopstream-candidates-"));
afterAll(() => rmSync(dir, { recursive: true }));

function file(text: string): string {
  const path = join(dir, "candidates.json");
  writeFileSync(path, text);
  return path;
}

const text = ' [{"optionId": "f1", "context": {"price": 3, "tags": ["a"]}}, "f2"]\n';
const read = [
  { optionId: "f1", context: { price: 3, tags: '["a"]' } },
  { optionId: "f2", context: {} },
];

test("candidates are a JSON list, or a file that holds one, in any editor's UTF-8", () => {
  expect(readCandidates(text)).toEqual(read);
  expect(readCandidates(file(text))).toEqual(read);
  expect(readCandidates(file(`\ufeff${text}`))).toEqual(read);
  expect(readCandidates(undefined)).toEqual([]);
});

test.each([
  ["[", /^--candidates holds no JSON list \(.*\): write one like \[\{"optionId"/],
  ['[{"optionId": "f1"}, {"id": "f2"}]', /^--candidates: candidates\[1\]\.optionId is undefined: send a string$/],
  [
    '[{"optionId": "f1", "context": {"price": {}}}]',
    /^--candidates: candidates\[0\] \("f1"\): context\.price is an object/,
  ],
])("a mistake in %s is one of usage, and names the candidate", (given, problem) => {
  expect(() => readCandidates(given)).toThrow(UsageError);
  expect(() => readCandidates(given)).toThrow(problem);
});

test("a mistake in a file names the file", () => {
  expect(() => readCandidates(file("f1,f2"))).toThrow(/candidates\.json holds no JSON list/);
  expect(() => readCandidates(file('{"optionId": "f1"}'))).toThrow(/candidates\.json: candidates is an object/);
  expect(() => readCandidates(join(dir, "none.json"))).toThrow(expect.objectContaining({ code: "BAD_FILE" }));
});
