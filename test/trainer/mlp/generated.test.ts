import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generate } from "../../../trainer/mlp/generate.ts";
import { root } from "../../source-graph.ts";

test("dense.wasm is what its text makes", async () => {
  const there = readFileSync(join(root, "trainer/mlp/dense.wasm"));
  expect(there.equals(await generate()), "trainer/mlp/dense.wasm is not up to date: run `npm run generate`").toBe(true);
});
