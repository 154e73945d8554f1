import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { SMALL } from "../blueprints/fixtures.ts";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test("a person sees who acts by the live version, and sets it without a new text", async () => {
  const text = `${SMALL}learning: { mode: apprentice, holdout: 0.05 }\n`;
  const { version } = parseBlueprint(text);
  const file = join(dir.path, "small.yaml");
  writeFileSync(file, text);
  const where = ["--dir", join(dir.path, "state")];
  const mode = (...more: readonly string[]) => loopstream(["blueprint", "mode", "small", ...more, ...where]);
  expect((await loopstream(["blueprint", "publish", file, ...where])).code).toBe(0);

  const before = await mode();
  expect([before.code, before.stderr]).toEqual([0, ""]);
  expect(before.stdout).toBe(`small ${version}: apprentice; 5 % of the units are held out\n`);

  expect((await mode("--set", "online")).code).toBe(0);
  expect((await mode("--set", "loggingOnly", "--from", "2099-01-01")).stdout).toContain("online, loggingOnly to come");
  const set = await mode("--json");
  expect(JSON.parse(set.stdout)).toMatchObject({ version, mode: "online", default: "apprentice", last: "loggingOnly" });

  for (const [wrong, said] of [
    [["--set", "offline"], /--set offline: write online/],
    [["--set", "online", "--from", "2020-01-01"], /--from lies in the past/],
    [["--from", "2099-01-01"], /--from belongs to --set/],
    [["0123456789ab", "--set", "online"], /has no blueprint version 0123456789ab/],
  ] as const) {
    const refused = await mode(...wrong);
    expect(refused.code, wrong.join(" ")).not.toBe(0);
    expect(refused.stderr).toMatch(said);
  }
}, 900_000);
