import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loopstream, succeeding, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());
const file = (name: string, lines: readonly string[]): string => {
  writeFileSync(join(dir.path, name), lines.map((line) => `${line}\n`).join(""));
  return join(dir.path, name);
};
const BLUEPRINT = `useCase: parcels
decisionSpace: boolean
context: { weight: number, carrier: category, depot: key }
features: [weight, carrier]
observations: { delay: number }
label: { name: late, value: delay >= 10, wait: 10m, default: 0 }
policy: { decide: late > 0.5 }
join: { ttl: 1h }
`;
const NUL = "\0";

test("a NUL in a CSV is a character of its text, to the letter; where it makes no value it is told, and seen", async () => {
  const blueprint = file("parcels.yaml", [BLUEPRINT]);
  const decisions = file("d.csv", [
    "decision_id,decision_ts,weight,carrier,depot",
    `a${NUL},2026-03-08T10:00:00Z,1,air${NUL},d${NUL}`,
    `b,2026-03-08T10:01:00Z,2${NUL},air,d`,
    `c,2026-03-08T10:02:00Z,3,"air${NUL},x",d`,
    `a,2026-03-08T10:03:00Z,4,air,d`,
    NUL.repeat(4),
  ]);
  const observations = file("o.csv", [
    "decision_id,event_ts,delay",
    `a${NUL},2026-03-08T10:05:00Z,20`,
    "a,2026-03-08T10:06:00Z,5",
  ]);
  const place = ["--dir", join(dir.path, "one")];
  await succeeding(place)("blueprint", "publish", blueprint);
  const imported = await loopstream([
    ...["import", "--use-case", "parcels", "--decisions", decisions, "--observations", observations, ...place],
  ]);
  expect(imported.code).toBe(4);
  expect(imported.stdout).toContain("published 3 decisions, 2 observations");
  expect(imported.stdout + imported.stderr).not.toContain(NUL);
  expect(imported.stdout + imported.stderr).toContain(`${decisions}:3 weight "2\\u0000" is not a number`);
  expect(imported.stdout + imported.stderr).toContain(`${decisions}:6 expected 5 columns, found 1`);

  const rows = async (state: readonly string[], name: string): Promise<readonly string[]> => {
    await succeeding(state)("rows", "--use-case", "parcels", "--out", join(dir.path, name));
    const [, ...lines] = readFileSync(join(dir.path, name), "utf8").trimEnd().split("\n");
    return lines;
  };
  const written = await rows(place, "rows.csv");
  expect(written.map((line) => line.split(",").slice(0, 2))).toEqual([
    [`a${NUL}`, `a${NUL}`],
    ["c", "c"],
    ["a", "a"],
  ]);
  expect(written.map((line) => /,([134],(?:air|"air).*?),[01],/.exec(line)?.[1])).toEqual([
    `1,air${NUL}`,
    `3,"air${NUL},x"`,
    "4,air",
  ]);

  // What was written is read as it was.
  const again = ["--dir", join(dir.path, "two")];
  await succeeding(again)("blueprint", "publish", blueprint);
  const flags = ["--decision-id", "decisionId", "--time", "decisionTime"];
  await succeeding(again)("import", "--use-case", "parcels", "--decisions", join(dir.path, "rows.csv"), ...flags);
  const features = (lines: readonly string[]) => lines.map((line) => /,([134],(?:air|"air).*?),[01],/.exec(line)?.[1]);
  expect(features(await rows(again, "rows-2.csv"))).toEqual(features(written));
}, 300_000);

test("a NUL in a header, which looks like the name that is wanted, is shown", async () => {
  const place = ["--dir", join(dir.path, "one")];
  const header = file("h.csv", [
    `decision_id,decision_ts,wei${NUL}ght,carrier,depot`,
    "q,2026-03-08T10:00:00Z,1,air,d",
  ]);
  for (const strict of [[], ["--strict"]]) {
    const { stdout, stderr } = await loopstream([
      ...["import", "--dry-run", "--use-case", "parcels", "--decisions", header, ...strict, ...place],
    ]);
    expect(stdout + stderr).toContain("there is no column weight; is it wei\\u0000ght?");
    expect(stdout + stderr).not.toContain(NUL);
  }
}, 300_000);
