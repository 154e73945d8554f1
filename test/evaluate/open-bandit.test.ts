import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blueprintOf, logs, type BanditLog } from "../../examples/open-bandit/logs.ts";
import type { Evaluation } from "../../recompute/index.ts";
import { loopstream, root, succeeding, temporaryDir } from "../e2e/command.ts";
import { FETCH_MS, python, runPython } from "../python/venv.ts";

const dir = temporaryDir();
const place = ["--dir", join(dir.path, "state")];
const run = succeeding(place);
afterAll(() => dir.remove());

const script = join(import.meta.dirname, "estimates.py");
const byName = (name: string): BanditLog => logs.find((log) => log.name === name)!;

beforeAll(async () => {
  const path = [dirname(await python()), process.env["PATH"]].join(delimiter);
  const env = { ...process.env, PATH: path };
  await promisify(execFile)(process.execPath, [join(root, "examples/open-bandit/fetch.ts")], {
    env,
    timeout: FETCH_MS,
  });
  for (const log of logs) {
    const file = join(dir.path, `${log.name}.yaml`);
    writeFileSync(file, blueprintOf(log));
    await run("blueprint", "publish", file);
    const files = ["--decisions", log.decisions, "--observations", log.clicks];
    const imported = await run(
      ...["import", "--use-case", log.name, ...files],
      ...["--action", "item_id", "--propensity", "propensity_score"],
    );
    expect(imported.stderr).toBe("");
  }
}, 2 * FETCH_MS);

async function evaluated(
  name: string,
  ...more: readonly string[]
): Promise<Evaluation & { readonly code: number | null }> {
  const ran = await loopstream(["evaluate", "--use-case", name, ...more, ...place, "--json"]);
  return { ...(ran.json as unknown as Evaluation), code: ran.code };
}

interface Expected {
  readonly estimates: Readonly<Record<string, { readonly value: number; readonly standardError: number }>>;
  readonly support: Readonly<Record<string, number>>;
}

const byDuckDb = async ({ decisions, clicks, items }: BanditLog, folds: number, best = 0, share = 0) =>
  (await runPython(script, [decisions, clicks, ...[items, folds, best, share].map(String)])) as Expected;

const near = (found: number, expected: number, what: string): void =>
  expect(Math.abs(found - expected), `${what}: ${found}, by DuckDB ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.max(1, Math.abs(expected)),
  );

function compare(found: Evaluation, { estimates, support }: Expected): void {
  for (const [name, of] of Object.entries(support)) near(found.support[name as "meanWeight"], of, name);
  if (found.estimates === null) return;
  expect(Object.keys(found.estimates)).toEqual(["IPS", "SNIPS", "DM", "DR"]);
  for (const [name, { value, standardError }] of Object.entries(found.estimates)) {
    near(value, estimates[name]!.value, name);
    near(standardError, estimates[name]!.standardError, `error of ${name}`);
  }
}

/** Of the whole logs, in thousandths, as other tools have worked them out. */
const PUBLISHED: Readonly<
  Record<string, Readonly<Record<"IPS" | "SNIPS" | "ESS" | "mean" | "largest" | "logged", number>>>
> = {
  "random-all": { IPS: 3.8, SNIPS: 3.8, ESS: 10_000, mean: 1, largest: 1, logged: 3.8 },
  "random-men": { IPS: 4.6, SNIPS: 4.6, ESS: 10_000, mean: 1, largest: 1, logged: 4.6 },
  "random-women": { IPS: 4.6, SNIPS: 4.6, ESS: 10_000, mean: 1, largest: 1, logged: 4.6 },
  "bts-all": { IPS: 2.3596, SNIPS: 2.3337, ESS: 340.4, mean: 1.0111, largest: 277.8, logged: 4.2 },
  "bts-men": { IPS: 3.0086, SNIPS: 3.1894, ESS: 655.7, mean: 0.9433, largest: 178.3, logged: 6.9 },
};

describe("a uniform policy", () => {
  test.each(Object.keys(PUBLISHED))("by %s is what DuckDB and other tools say", { timeout: 120_000 }, async (name) => {
    const found = await evaluated(name, "--policy", "uniform");
    expect(found).toMatchObject({ code: 0, refused: [], rewarded: 10_000, reward: "click", folds: 5, level: 0.95 });
    compare(found, await byDuckDb(byName(name), 5));
    const { IPS, SNIPS, ESS, mean, largest, logged } = PUBLISHED[name]!;
    expect(1000 * found.estimates!["IPS"]!.value).toBeCloseTo(IPS, 3);
    expect(1000 * found.estimates!["SNIPS"]!.value).toBeCloseTo(SNIPS, 3);
    expect(1000 * found.logged!.value).toBeCloseTo(logged, 9);
    expect(found.support.effectiveDecisions).toBeCloseTo(ESS, 0);
    expect(found.support.meanWeight).toBeCloseTo(mean, 3);
    expect(found.support.largestWeight).toBeCloseTo(largest, 0);
  });

  test("without cross-fitting has the formulas' model of all rewards", { timeout: 120_000 }, async () => {
    const found = await evaluated("bts-all", "--policy", "uniform", "--folds", "1");
    compare(found, await byDuckDb(byName("bts-all"), 1));
  });

  test(
    "is refused by bts-women, whose decisions weigh as much as two, with the figures",
    { timeout: 120_000 },
    async () => {
      const found = await evaluated("bts-women", "--policy", "uniform");
      expect(found).toMatchObject({ code: 6, estimates: null });
      compare(found, await byDuckDb(byName("bts-women"), 5));
      expect(found.support.effectiveDecisions).toBeLessThan(3);
      expect(found.support.largestWeight).toBeCloseTo(21_739.13, 2);
      expect(found.refused).toEqual([
        "10000 decisions weigh as much as 2.1 of the policy itself, and 100 are needed; the largest weight is 21739.1",
        expect.stringMatching(/^the mean weight is 3\.134, and should be about 1 \(0\.8 to 1\.2\)/),
      ]);
      const { stdout, code } = await loopstream([
        "evaluate",
        "--use-case",
        "bts-women",
        "--policy",
        "uniform",
        ...place,
      ]);
      expect(code).toBe(6);
      expect(stdout).toContain("refused: 10000 decisions weigh as much as 2.1");
      expect(stdout).not.toMatch(/IPS|DR/);
    },
  );
});

describe("a blueprint's policy", () => {
  const file = (name: string, change: (text: string) => string): string => {
    const path = join(dir.path, `policy-${name}.yaml`);
    writeFileSync(path, change(readFileSync(join(dir.path, "random-men.yaml"), "utf8")));
    return path;
  };
  const policy =
    (decide: string, exploration = ""): ((text: string) => string) =>
    (text) =>
      text.replace(/policy: .*\n/, `policy: { decide: '${decide}' }\n${exploration}`);

  test("with its exploration is the mix of both", { timeout: 120_000 }, async () => {
    // The hold-out of the target is no part of its policy.
    const more = "exploration: { epsilonGreedy: 0.4 }\nlearning: { holdout: 0.5 }\n";
    const path = file("mix", policy('if(position > 0, "11", "0")', more));
    const found = await evaluated("random-men", "--policy", path);
    expect(found).toMatchObject({ code: 0, predictions: "logged", modelId: null });
    compare(found, await byDuckDb(byName("random-men"), 5, 11, 0.6));
  });

  test("alone takes what it decides, and says how seldom the log did", { timeout: 120_000 }, async () => {
    const found = await evaluated("random-men", "--policy", file("alone", policy('if(position > 0, "11", "0")')));
    compare(found, await byDuckDb(byName("random-men"), 5, 11, 1));
    expect(found.support.effectiveDecisions / (1 - found.support.notTaken)).toBeCloseTo(10_000, 6);
  });

  test("that needs predictions has no action where there are none, and is refused", { timeout: 120_000 }, async () => {
    const found = await evaluated("random-men", "--policy", join(dir.path, "random-men.yaml"));
    expect(found).toMatchObject({ code: 6, rewarded: 10_000, leftOut: { withoutAction: 10_000 }, estimates: null });
    expect(found.refused).toEqual([
      "none of 10000 decisions with a reward has both a propensity and an action of the policy",
    ]);
  });

  test("names the features that were not logged", { timeout: 120_000 }, async () => {
    const path = file("more", (text) =>
      text
        .replace("features: [", "features: [user_feature_2, ")
        .replace("user_feature_0: category", "user_feature_0: category, user_feature_2: category"),
    );
    const found = await evaluated("random-men", "--policy", path);
    expect(found).toMatchObject({ code: 6, leftOut: { withoutFeatures: 10_000 }, lacking: ["user_feature_2"] });
    expect(found.refused).toEqual(["none of 10000 decisions has all features of the policy: user_feature_2 lack"]);
  });

  test("of another kind, another use case or another reward is an error of usage", { timeout: 120_000 }, async () => {
    const boolean = file("boolean", (text) =>
      text
        .replace(/decisionSpace: .*\n/, "decisionSpace: boolean\n")
        .replace(/policy: .*\n/, "policy: { decide: click > 0.5 }\n"),
    );
    const messages: unknown[] = [];
    // One after the other: a command that finds the log open waits its turn, or ends.
    for (const flags of [
      ["--policy", boolean],
      ["--policy", join(dir.path, "bts-men.yaml")],
      ["--policy", "uniform", "--reward", "clicks"],
      ["--policy", "0123456789ab"],
    ]) {
      const { code, stderr } = await loopstream(["evaluate", "--use-case", "random-men", ...flags, ...place]);
      messages.push([code, stderr]);
    }
    expect(messages).toEqual([
      [2, expect.stringContaining('the policy decides on boolean, and use case "random-men" on actions')],
      [2, expect.stringContaining('is a blueprint of use case "bts-men", not of "random-men"')],
      [
        2,
        expect.stringContaining('--reward clicks is no label and no column of numbers of use case "random-men": click'),
      ],
      [2, expect.stringContaining('use case "random-men" has no blueprint version 0123456789ab')],
    ]);
  });

  test("of a time without decisions is refused", { timeout: 120_000 }, async () => {
    const found = await evaluated("random-men", "--policy", "uniform", "--to", "2019-11-01T00:00:00Z");
    expect(found).toMatchObject({ code: 6, rewarded: 0, logged: null });
    expect(found.refused).toEqual(["no decision in this time has a reward: see `loopstream rows`"]);
  });
});
