import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, sourcesOf } from "../source-graph.ts";

const rooms = [
  "schemas",
  "blueprints",
  "catalogue",
  "operators",
  "rows",
  "serving",
  "statistics",
  "trainer",
  "topologies",
  "loop",
  "recompute",
  "client",
  "http",
  "local",
  "openfeature",
  "cli",
  "streams",
];
const folders = [...new Set(rooms.flatMap(sourcesOf).map((file) => dirname(file)))];
const map = readFileSync(join(root, "docs/map.md"), "utf8");
const pages = ["README.md", ...["docs", "docs/decisions"].flatMap(pagesIn)];

function pagesIn(folder: string): readonly string[] {
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith(".md"));
  return files.map((file) => `${folder}/${file}`);
}

/** Paths of the project that a page names in backticks; patterns and names alone are left out. */
function pathsIn(page: string): readonly string[] {
  const words = [...readFileSync(join(root, page), "utf8").matchAll(/`([^`\s]+)`/g)].map((match) => match[1]!);
  return words.filter(
    (word) => /^(?:[a-z]+\/|\.ci\/)[\w./-]*$/.test(word) && existsSync(join(root, word.split("/")[0]!)),
  );
}

/** Links of a page to other files of the project. */
function linksIn(page: string): readonly string[] {
  const targets = [...readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)];
  return targets.map((match) => match[1]!).filter((target) => !/^[a-z]+:/.test(target));
}

describe("the file map", () => {
  test.each(folders)("names %s/", (folder) => {
    expect(map).toContain(`\`${folder}/`);
  });

  test.each(pages)("%s names no file that is not there", (page) => {
    expect(pathsIn(page).filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(linksIn(page).filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });
});
