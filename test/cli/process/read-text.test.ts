import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readText } from "../../../cli/process/read-text.ts";

const dir = mkdtempSync(join(tmpdir(), "loopstream-text-"));
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, bytes: Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

test("a text that is no UTF-8 is refused with its line, whatever its encoding", () => {
  const latin = file("latin.yaml", Buffer.from('useCase: x\nactions: ["caf\u00e9"]\n', "latin1"));
  expect(() => readText(latin)).toThrow(/latin\.yaml line 2: the text is not UTF-8/);
  const last = file("last.yaml", Buffer.from("a\nb\nc\u00fc", "latin1"));
  expect(() => readText(last)).toThrow(/last\.yaml line 3/);
  const wide = file("wide.yaml", Buffer.from("\ufeffuseCase: \u20ac", "utf16le"));
  expect(() => readText(wide)).toThrow(expect.objectContaining({ code: "BAD_FILE" }));
});

test("UTF-8 is read as it is, with its byte order mark, and a character that stands for a bad one is no bad one", () => {
  const text = "\ufeffuseCase: caf\u00e9 \ufffd \u{1f600}\n";
  expect(readText(file("good.yaml", Buffer.from(text)))).toBe(text);
});
