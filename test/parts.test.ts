import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parts, selected } from "./parts.ts";

const root = join(import.meta.dirname, "..");

test("each test file is in one of the parts that npm test runs", () => {
  const files = (part: string | undefined): readonly string[] => {
    const { include, exclude } = selected(part);
    const left = new Set(globSync([...exclude], { cwd: root }));
    return globSync([...include], { cwd: root }).filter((file) => !left.has(file));
  };
  const all = files(undefined);
  expect(all.length).toBeGreaterThan(500);
  expect(parts.flatMap(files).sort()).toEqual(all.toSorted());
});
