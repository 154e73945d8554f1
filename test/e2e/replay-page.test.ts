import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "./command.ts";

const dir = mkdtempSync(join(tmpdir(), "loopstream-replay-page-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
for (const name of ["package.json", "examples", "cli", "node_modules"]) symlinkSync(join(root, name), join(dir, name));

/** The blocks of the page as one shell script, with a line between what they print. */
const MARK = "--- next block ---";
const page = readFileSync(join(root, "docs/replay.md"), "utf8");
const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map((match) => match[1]!);

function run(script: string): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const PATH = `${dirname(process.execPath)}:${process.env["PATH"]}`;
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], { cwd: dir, env: { ...process.env, PATH } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (out += String(text)));
  child.stderr.on("data", (text: Buffer) => (err += String(text)));
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => done({ code, out, err }));
  });
}
const sha = (text: string | undefined): string | undefined => /rows sha256 +(\w{64})/.exec(text ?? "")?.[1];

test("the commands of the page do what it says, one after the other", { timeout: 600_000 }, async () => {
  const { code, out, err } = await run(blocks.map((block) => `${block}echo '${MARK}'\n`).join(""));
  expect(code, `${out}\n${err}`).toBe(0);
  const [live, again, part, stored, looked, trained, published] = out.split(MARK);
  expect(sha(again)).toBe(sha(live));
  expect(sha(part)).toMatch(/^\w+$/);
  expect(stored).toContain("is published, not live");
  expect(stored).toContain("m_dest_dep_2h: added");
  expect(trained).toContain(sha(looked)!);
  expect(trained).toMatch(/model \w{16}, \d+ rows, .*: better than a constant/);
  expect(published).toContain("is live");
});
