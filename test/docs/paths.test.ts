import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, sourcesOf, topFolders } from "../source-graph.ts";

const files = topFolders().flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => !file.includes("node_modules"))
    .map((file) => `${folder}/${file}`),
);
const pages = ["docs", "docs/decisions"].flatMap((folder) =>
  files.filter((file) => file.startsWith(`${folder}/`) && file.endsWith(".md")),
);
const sources = topFolders().flatMap(sourcesOf);

/** Files that a text names in backticks, as a path or its end; patterns are left out. */
const filesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([\w./-]+\.(?:ts|md|avsc|json))`/g)].map((match) => match[1]!);
const comments = (text: string): string =>
  text
    .split("\n")
    .filter((line) => /^\s*(?:\/\*\*|\*|\/\/)/.test(line))
    .join("\n");
const isThere = (named: string): boolean => files.some((file) => file === named || file.endsWith(`/${named}`));
/** Files of the user's, not of the project. */
const elsewhere = new Set(["./parts.ts", "parts.ts", "package.json", "tsconfig.json", "README.md"]);
const missingIn = (text: string): readonly string[] =>
  filesIn(text).filter((named) => !elsewhere.has(named) && !isThere(named.replace(/^\.\//, "")));

describe("a file that is named in backticks is there", () => {
  test("in comments", () => {
    const wrong = sources.flatMap((file) =>
      missingIn(comments(readFileSync(join(root, file), "utf8"))).map((named) => `${file} names ${named}`),
    );
    expect(wrong).toEqual([]);
  });

  test.each([...new Set(pages)])("in %s", (page) => {
    expect(missingIn(readFileSync(join(root, page), "utf8"))).toEqual([]);
  });

  test("and one that is not is found", () => {
    expect(missingIn("/** As `streams/no-such-file.ts` and `streams/errors.ts` say. */")).toEqual([
      "streams/no-such-file.ts",
    ]);
  });
});
