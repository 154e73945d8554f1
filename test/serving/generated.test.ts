import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generate } from "../../serving/trees/generate.ts";
import { root } from "../source-graph.ts";

test("tree-walk.wasm is what its text makes", async () => {
  const there = readFileSync(join(root, "serving/trees/tree-walk.wasm"));
  expect(there.equals(await generate()), "serving/trees/tree-walk.wasm is not up to date: run `npm run generate`").toBe(
    true,
  );
});
