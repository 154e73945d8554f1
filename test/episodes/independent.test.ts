import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flights, succeeding, temporaryDir } from "../e2e/command.ts";
import { python, runPython } from "../python/venv.ts";

/** The flights of one plane after each other: an episode ends with a bad delay, by a night on the ground, or after six. */
const TEXT = `useCase: planes
decisionSpace: boolean
context: { tailnum: key, origin: category, carrier: category, dest: category, distance: number }
observations: { delay_min: number }
features: [origin, distance]
labels:
  late: { when: kind == "arrival", value: delay_min > 15, wait: 36h }
  minutes: { when: kind == "arrival", value: delay_min, wait: 36h, objective: regression }
reward: 1 - 0.05 * minutes
episodes: { by: tailnum, gap: 9h, length: 6, end: minutes > 120, discount: 0.9 }
policy: { decide: late > 0.5 }
learning: { mode: loggingOnly, logging: uniform }
training: { schedule: none, freshRows: none }
`;

describe("the flights of January as episodes of planes", () => {
  const dir = temporaryDir();
  const path = (name: string): string => join(dir.path, name);
  const run = succeeding(["--dir", path("loop")]);
  beforeAll(async () => {
    await python();
    writeFileSync(path("planes.yaml"), TEXT);
    await run("blueprint", "publish", path("planes.yaml"));
    const lines = gunzipSync(readFileSync(flights.decisions)).toString().split("\n");
    const decided = lines.filter((line, at) => at === 0 || line.split(",")[1]?.startsWith("2013-01") === true);
    const known = new Set(decided.map((line) => line.split(",", 1)[0]));
    const happened = gunzipSync(readFileSync(flights.observations)).toString().split("\n");
    writeFileSync(path("decisions.csv"), `${decided.join("\n")}\n`);
    writeFileSync(
      path("observations.csv"),
      `${happened.filter((line) => known.has(line.split(",", 1)[0])).join("\n")}\n`,
    );
    const files = ["--decisions", path("decisions.csv"), "--observations", path("observations.csv")];
    await run("import", "--use-case", "planes", ...files);
  });
  afterAll(() => dir.remove());

  test("are those that DuckDB makes of the rows, on the topic and of a replay's rows; a sample keeps what came next", async () => {
    await run("rows", "--use-case", "planes", "--out", path("rows.parquet"));
    const steps = ["episodes", "--use-case", "planes", "--out"];
    const { json: written } = await run(...steps, path("steps.parquet"));
    await run(...steps, path("sample.parquet"), "--sample", "0.1");
    const files = ["rows", "steps", "sample"].map((name) => path(`${name}.parquet`));
    const found = await runPython(join(import.meta.dirname, "independent.py"), files, 600_000);
    expect(found).toMatchObject({
      different: 0,
      first: [],
      sampleDifferent: 0,
      terminals: expect.any(Number) as number,
    });
    const { rows, reward, sampled, terminals, truncated, longest } = found as Record<string, number>;
    expect([rows, longest]).toEqual([written["steps"], 6]);
    expect(reward).toBeCloseTo(written["reward"] as number, 4);
    expect(terminals).toBeGreaterThan(300);
    expect(truncated).toBeGreaterThan(3_000);
    expect(sampled! / rows!).toBeCloseTo(0.1, 2);
    const { json: again } = await run("replay", "--use-case", "planes");
    const made = await run(...steps, path("again.parquet"), "--rows", again["rowsTopic"] as string);
    expect(made.json).toMatchObject({ steps: written["steps"], sha256: written["sha256"] });
  });
});
