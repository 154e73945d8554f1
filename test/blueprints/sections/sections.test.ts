import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../../blueprints/index.ts";
import { sections } from "../../../blueprints/sections/index.ts";
import { small } from "../fixtures.ts";

const blueprint = small();

describe.each(sections.map((section) => [section.name, section] as const))("the section %s", (name, section) => {
  test("describes itself by paths that begin with its name", () => {
    const paths = [...section.describe(blueprint[name], blueprint)].map(([path]) => path);
    expect(paths.every((path) => path === name || path.startsWith(`${name}.`))).toBe(true);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test("describes itself otherwise where what the hash is made of is another", () => {
    const other = small("distance: number", "distance: category");
    const said = (of: typeof blueprint): string => canonicalJson([...section.describe(of[name], of)]);
    const hashed = (of: typeof blueprint): string => canonicalJson(section.canonical(of[name], of) ?? null);
    expect(said(other) === said(blueprint)).toBe(hashed(other) === hashed(blueprint));
  });
});
