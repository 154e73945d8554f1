import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { createProgram } from "../../cli/program.ts";
import { root } from "../source-graph.ts";

const text = (path: string): string => readFileSync(join(root, path), "utf8");
const readme = text("README.md");
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map((match) => match[1]!);
const shown = (): readonly (readonly string[])[] =>
  [...readme.matchAll(/npm run -s loopstream -- ([^\n`]+)/g)].map((match) => match[1]!.split(/\s+/));

/** The command that words name, with its own flags. */
function commandOf(words: readonly string[]): Command | undefined {
  let command: Command = createProgram();
  for (const word of words) {
    const next = command.commands.find((known) => known.name() === word);
    if (next === undefined) break;
    command = next;
  }
  return command.parent === null ? undefined : command;
}

describe("README.md", () => {
  test("gives two commands first: the demo and the tests", () => {
    expect(
      blocks("sh")
        .slice(0, 2)
        .map((block) => block.trim()),
    ).toEqual(["npm ci && npm start", "npm test"]);
  });

  test("shows a blueprint that is one", () => {
    const [blueprint] = blocks("yaml");
    expect(parseBlueprint(blueprint!).useCase).toBe("flight-delays");
  });

  test("shows the embedding example as it runs, in at most 25 lines", () => {
    const example = text("examples/embed.ts");
    expect(blocks("ts")).toContain(example);
    expect(example.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
  });

  test("shows only commands and flags that exist", () => {
    const wrong = shown().filter((words) => {
      const command = commandOf(words);
      const flags = words.filter((word) => word.startsWith("--"));
      return command === undefined || flags.some((flag) => !command.options.some(({ long }) => long === flag));
    });
    expect(shown().length).toBeGreaterThan(8);
    expect(wrong.map((words) => words.join(" "))).toEqual([]);
  });

  test("and the pages beside it name only scripts that exist", () => {
    const { scripts } = JSON.parse(text("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const pages = [
      "README.md",
      "docs/map.md",
      ...readdirSync(join(root, "docs/decisions")).map((f) => `docs/decisions/${f}`),
    ];
    const named = pages.flatMap((page) =>
      [...text(page).matchAll(/npm run (?:-s )?([\w:-]+)/g)].map((match) => match[1]!),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
