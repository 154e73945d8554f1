import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { join } from "node:path";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

const demo = (name: string, more: readonly string[] = []): string[] => [
  ...["demo", "--once", "--json", "--dir", join(dir.path, name), "--until", "2013-01-09T00:00:00Z"],
  ...more,
];

test(
  "a run that is killed with -9 again and again ends with the rows of one that was left alone",
  { timeout: 900_000 },
  async () => {
    const whole = await loopstream(demo("whole"));
    expect(whole.code, whole.stderr).toBe(0);
    let killed = 0;
    for (const killAfterMs of [1_900, 2_600, 3_400, 2_200, 4_100]) {
      const { code } = await loopstream(demo("killed"), { killAfterMs });
      if (code === null) killed++;
    }
    const resumed = await loopstream(demo("killed"));
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(killed).toBeGreaterThanOrEqual(2);
    const { latencyMs: _1, seconds: _2, ...expected } = whole.json;
    const { latencyMs: _3, seconds: _4, ...found } = resumed.json;
    expect(found).toEqual(expected);
    expect(expected).toMatchObject({ decisions: 6_917, deadLetters: 0 });
  },
);

test(
  "a run that was killed behind its last step, before it could say that it had finished, trains nothing more",
  { timeout: 900_000 },
  async () => {
    const whole = await loopstream(demo("ended"));
    const file = join(dir.path, "ended", "demo", "run.json");
    const run = JSON.parse(readFileSync(file, "utf8")) as { finished: boolean };
    expect(run.finished).toBe(true);
    writeFileSync(file, JSON.stringify({ ...run, finished: false }));
    const resumed = await loopstream(demo("ended"));
    const { latencyMs: _1, seconds: _2, ...expected } = whole.json;
    const { latencyMs: _3, seconds: _4, ...found } = resumed.json;
    expect(found).toEqual(expected);
  },
);

test(
  "without --until a finished run makes room for a new one, a stopped one goes on",
  { timeout: 900_000 },
  async () => {
    const first = await loopstream(["demo", "--json", "--once", "--dir", join(dir.path, "x"), "--until", "2013-01-02"]);
    const second = await loopstream([
      "demo",
      "--json",
      "--once",
      "--dir",
      join(dir.path, "x"),
      "--until",
      "2013-01-02",
    ]);
    expect(second.json["rowsSha256"]).toBe(first.json["rowsSha256"]);
    expect(second.stderr).toContain("flights of the first quarter");
  },
);
