/**
 * `npm run d3rlpy`: d3rlpy learns from the file of `loopstream episodes`, by the very lines of docs/analysts.md, and its
 * episodes are compared with the file and with the log. It is fetched by pip into a folder that goes again: PyTorch with
 * it, some GB, so no test does this.
 */
import { execFileSync } from "node:child_process";
import { deepStrictEqual, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, succeeding, temporaryDir } from "../e2e/command.ts";
import {
  behaviour,
  grid,
  optimum,
  policyFrom,
  place as stateOf,
  simulate,
  valueOf,
} from "../fixtures/worlds/fatigue.ts";
import { logFiles, REMINDERS } from "./fatigue-log.ts";

const VERSION = "2.8.1";
const [EPISODES, GRADIENT_STEPS] = [500, 1_000];

interface Found {
  readonly d3rlpy: string;
  readonly actions: number;
  readonly episodes: number;
  readonly steps: number;
  /** Episodes with an end, others being cut off. */
  readonly ended: number;
  readonly fileEpisodes: number;
  readonly fileSteps: number;
  readonly sameCounts: boolean;
  /** Greatest difference between an episode's return and the sum of its rewards in the file. */
  readonly farthestReturn: number | null;
  readonly total: number;
  readonly losses: readonly number[];
  readonly finite: boolean;
  /** Place of the action for each state of the grid. */
  readonly chosen: readonly number[];
}

/** The lines of Python that the page shows beside the episodes. */
function linesOfPage(): string {
  const page = readFileSync(join(root, "docs/analysts.md"), "utf8");
  const lines = /^## Episodes\n.*?^```python\n(.*?)^```/ms.exec(page)?.[1];
  ok(lines, "docs/analysts.md shows no lines of Python under Episodes");
  return lines;
}

const dir = temporaryDir();
const path = (name: string): string => join(dir.path, name);
const timed = async <T>(what: string, does: () => T | Promise<T>): Promise<T> => {
  const started = performance.now();
  const result = await does();
  console.log(`${what} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  return result;
};
try {
  const log = simulate(100, EPISODES, behaviour);
  const run = succeeding(["--dir", path("loop")]);
  const { json: written } = await timed("imported and written by the loop", async () => {
    for (const [name, text] of Object.entries(logFiles(log))) writeFileSync(path(`${name}.csv`), text);
    writeFileSync(path("fatigue.yaml"), REMINDERS);
    await run("blueprint", "publish", path("fatigue.yaml"));
    const logged = ["--action", "action", "--propensity", "propensity"];
    const files = ["--decisions", path("decisions.csv"), "--observations", path("observations.csv")];
    await run("import", "--use-case", "fatigue", "--sort", "--unit", "unit", ...logged, ...files);
    return run("episodes", "--use-case", "fatigue", "--out", path("steps.parquet"));
  });

  const python = path("python/bin/python");
  await timed(`d3rlpy ${VERSION} fetched`, () => {
    execFileSync("python3", ["-m", "venv", path("python")]);
    const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:"];
    // It has no wheel.
    const wanted = [`d3rlpy==${VERSION}`, "pandas==3.1.1", "pyarrow==26.0.1"];
    execFileSync(python, [...pip, "--no-binary", "gym", ...wanted], { stdio: "inherit" });
  });

  writeFileSync(path("lines.py"), linesOfPage());
  const states = Array.from({ length: grid.length / 3 }, (_, at) => [...grid.subarray(3 * at, 3 * at + 3)]);
  writeFileSync(path("grid.json"), JSON.stringify(states));
  const found = await timed(`${GRADIENT_STEPS} steps of conservative Q-learning`, () => {
    const args = [join(root, "test/episodes/with_d3rlpy.py"), "lines.py", String(GRADIENT_STEPS), "grid.json"];
    const said = execFileSync(python, args, {
      cwd: dir.path,
      encoding: "utf8",
      maxBuffer: 64 << 20,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return JSON.parse(said.trimEnd().split("\n").at(-1)!) as Found;
  });

  const { chosen, ...figures } = found;
  console.log(figures);
  const rewards = log.reward.reduce((sum, reward) => sum + reward, 0);
  deepStrictEqual([found.d3rlpy, found.actions], [VERSION, 2]);
  deepStrictEqual([found.episodes, found.steps], [EPISODES, log.steps]);
  deepStrictEqual([found.fileEpisodes, found.fileSteps, written["steps"]], [EPISODES, log.steps, log.steps]);
  deepStrictEqual([found.ended, found.sameCounts, found.finite], [EPISODES, true, true]);
  ok(found.farthestReturn! < 1e-9, "returns are not the sums of the file");
  ok(Math.abs(found.total - rewards) < 1e-3, `returns are ${found.total}, the log's ${rewards}`);
  ok(found.losses.every(Number.isFinite), "it learnt nothing");
  const learnt = policyFrom((fatigue, engagement, step) => chosen[stateOf(step, fatigue, engagement)]!);
  const value = (policy: Float64Array): string => valueOf(policy).toFixed(3);
  console.log(`worth: the log ${value(behaviour)}, learnt ${value(learnt)}, the best ${value(optimum)}`);
} finally {
  dir.remove();
}
