import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { SMALL } from "../blueprints/fixtures.ts";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test("a person sets a parameter of the live version without a new text, sees it, and takes its default again", async () => {
  const text = SMALL.replace("policy:\n", "policy:\n  params: { w: { default: 2, min: 0, max: 5 } }\n").replace(
    "risk > 0.35",
    "risk * w > 0.35",
  );
  const { version } = parseBlueprint(text);
  const file = join(dir.path, "small.yaml");
  writeFileSync(file, text);
  const where = ["--dir", join(dir.path, "state")];
  const params = (...more: readonly string[]) => loopstream(["blueprint", "params", "small", ...more, ...where]);
  expect((await loopstream(["blueprint", "publish", file, ...where])).code).toBe(0);

  const before = await params();
  expect([before.code, before.stderr]).toEqual([0, ""]);
  expect(before.stdout).toMatch(/^parameter +value +default +min +max +to come\nw +2 +2 +0 +5 *\n$/);

  expect((await params("--set", "w=2.5")).code).toBe(0);
  const set = await params("--json");
  expect(JSON.parse(set.stdout)).toMatchObject({ version, params: [{ name: "w", value: 2.5, default: 2, last: 2.5 }] });

  for (const [wrong, said] of [
    [["--set", "w=5.5"], /parameter "w": 5.5 is not from 0 to 5/],
    [["--set", "v=1"], /no parameter "v" \(known: w\)/],
    [["--set", "w=much"], /--set w=much: write name=number, like --set w=2.5/],
    [["--set", "w=1", "--reset", "w"], /"w" is there twice/],
    [["--set", "w=1", "--from", "2020-01-01"], /--from lies in the past/],
    [["--from", "2030-01-01"], /--from belongs to --set or --reset/],
    [["0123456789ab", "--set", "w=1"], /has no blueprint version 0123456789ab/],
  ] as const) {
    const refused = await params(...wrong);
    expect(refused.code, wrong.join(" ")).not.toBe(0);
    expect(refused.stderr).toMatch(said);
  }

  expect((await params("--reset", "w")).code).toBe(0);
  expect(JSON.parse((await params(version, "--json")).stdout)).toMatchObject({ params: [{ value: 2, last: 2 }] });
}, 900_000);
