import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../source-graph.ts";

const run = promisify(execFile);
const folder = join(root, "examples");
/** Examples with data that are fetched, and those that run on both backbones, have tests of their own. */
const apart = ["canary.ts", "fatigue.ts", "lecturers.ts", "open-bandit.ts"];
const examples = readdirSync(folder).filter((file) => file.endsWith(".ts") && !apart.includes(file));

test("there are examples", () => {
  expect(examples).toContain("decide.ts");
});

test.each(examples)("%s prints what stands beside it, and nothing on stderr", { timeout: 900_000 }, async (file) => {
  const { stdout, stderr } = await run(process.execPath, [join(folder, file)], { timeout: 50_000 });
  expect(stdout).toBe(readFileSync(join(folder, file.replace(/\.ts$/, ".out")), "utf8"));
  expect(stderr).toBe("");
});
