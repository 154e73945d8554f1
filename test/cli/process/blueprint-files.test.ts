import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { blueprintFiles } from "../../../cli/process/blueprints/blueprint-files.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-files-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string): void => writeFileSync(join(dir, name), `# ${name}\n`);
const named = (...paths: readonly string[]): readonly string[] =>
  blueprintFiles(paths.map((path) => join(dir, path))).map(({ file }) => file.slice(dir.length + 1));

test("a folder stands for its yaml files and those of the folders below, in the order of their names", () => {
  mkdirSync(join(dir, "m/n"), { recursive: true });
  for (const name of ["z.yaml", "a.yml", "b.txt", "m/n/deep.yaml", ".hidden.yaml"]) write(name);
  expect(named("")).toEqual(["a.yml", "m/n/deep.yaml", "z.yaml"]);
});

test("a file that is named is read whatever its ending, and a file that is named twice is there once", () => {
  for (const name of ["a.yaml", "b.txt"]) write(name);
  symlinkSync(join(dir, "a.yaml"), join(dir, "link.yaml"));
  expect(named("b.txt", "a.yaml", "")).toEqual(["b.txt", "a.yaml"]);
});

test("a mounted folder whose files are links is read once, and a link to a folder above is not followed", () => {
  mkdirSync(join(dir, "..data"));
  write("..data/a.yaml");
  symlinkSync(join("..data", "a.yaml"), join(dir, "a.yaml"));
  symlinkSync(dir, join(dir, "above"));
  expect(named("")).toEqual(["a.yaml"]);
});

test("each path that can't be read is named, and a folder without a blueprint too", () => {
  mkdirSync(join(dir, "empty"));
  writeFileSync(join(dir, "latin.yaml"), Buffer.from([0x61, 0x0a, 0xe9, 0x0a]));
  const refused = (): unknown => named("gone.yaml", "empty", "latin.yaml");
  expect(refused).toThrow(
    /gone\.yaml can't be read.*\n.*empty: there is no \*\.yaml file in this folder\n.*latin\.yaml line 2: the text is not UTF-8/,
  );
});
