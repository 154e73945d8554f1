import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkBlueprint } from "../../../blueprints/index.ts";
import { problemsOf } from "../fixtures.ts";

/**
 * The files beside this one have bad blueprints: a good one, `whole.yaml`, with a piece of it written otherwise. The
 * lines of each are its name (`#`), the piece (`-`; without one the whole text), what is written instead (`+`), and the
 * one problem with its line and its path.
 */
interface BadBlueprint {
  readonly name: string;
  readonly text: string;
  readonly line: number;
  readonly path: string;
  readonly what: string;
}

const folder = new URL(".", import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), "utf8");
const whole = read("whole.yaml");

/** A piece on one line: `\n`, `\t` and `\u` are those of JSON. */
const pieceOf = (line: string): string =>
  line.slice(2).replaceAll(/\\(?:u[\da-f]{4}|[nt\\])/g, (escape) => JSON.parse(`"${escape}"`) as string);

function badBlueprints(file: string): readonly BadBlueprint[] {
  return read(file)
    .trimEnd()
    .split("\n\n")
    .map((block) => {
      const [name = "", before = "", after = "", problem = ""] = block.split("\n");
      const [, line, path, what] = /^(\d+) (.+?): (.*)$/.exec(problem) ?? [];
      const piece = pieceOf(before);
      if (piece !== "" && whole.split(piece).length !== 2) throw new Error(`${name}: "${piece}" is not there once`);
      const text = piece === "" ? pieceOf(after) : whole.replace(piece, () => pieceOf(after));
      return { name: name.slice(2), text, line: Number(line), path: path === "." ? "" : path!, what: what! };
    });
}

const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
/** What is wanted, beside what is there, is a mend too. */
const SAYS_WHAT_IS_WANTED = /^(?:expected .+, found|at most \d)/;

test("the blueprint that is broken here is a good one, without a warning", () => {
  expect(checkBlueprint(whole).warnings).toEqual([]);
  expect(files.flatMap(badBlueprints).length).toBeGreaterThan(350);
});

describe.each(files)("of %s one problem names the line, the field and the mend:", (file) => {
  test.each(badBlueprints(file).map((bad) => [bad.name, bad] as const))("%s", (_, { text, line, path, what }) => {
    const problems = problemsOf(text);
    const place = (column: number): string => `small.yaml:${line}:${column}${path && " "}${path}: `;
    expect(problems.map(({ message }) => message)).toEqual([`${place(problems[0]!.column)}${what}`]);
    expect(problems[0]).toMatchObject({ path, line });
    expect(problems[0]!.hint !== undefined || SAYS_WHAT_IS_WANTED.test(what)).toBe(true);
  });
});
