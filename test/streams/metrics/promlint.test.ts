import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { fullPage } from "./full-page.ts";

const folder = join(import.meta.dirname, "promlint");
// The linter is built from the versions that go.sum names, by the Go that is here.
const env = { ...process.env, GOTOOLCHAIN: "local" };

const go = await new Promise<boolean>((resolve) => {
  spawn("go", ["version"], { env, stdio: "ignore" })
    .on("error", () => resolve(false))
    .on("close", (code) => resolve(code === 0));
});
if (!go) console.log("SKIPPED: Prometheus' own linter was not asked: there is no go.");

async function lint(page: string): Promise<readonly string[]> {
  const child = spawn("go", ["run", "."], { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(page);
  const [said, problems, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(said);
  return problems.split("\n").filter((line) => line !== "");
}

test.skipIf(!go)("the linter of `promtool check metrics` finds nothing on a page with every metric", async () => {
  expect(await lint("# HELP a_total Help.\n# TYPE a_total gauge\na_total 1\n")).toEqual([
    'a_total: non-counter metrics should not have "_total" suffix',
  ]);
  const page = await fullPage();
  expect(await lint(page)).toEqual([]);
});
