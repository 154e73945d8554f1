import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generate } from "../../serving/generate.ts";
import { root } from "../source-graph.ts";

test("tree-walk.wasm is what its text makes", async () => {
  const there = readFileSync(join(root, "serving/tree-walk.wasm"));
  expect(there.equals(await generate()), "serving/tree-walk.wasm is not up to date: run `npm run generate`").toBe(true);
});
