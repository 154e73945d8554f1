import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { itemsOf, readLog, type Logged } from "../../examples/open-bandit/read-log.ts";
import { World } from "../../examples/open-bandit/world.ts";
import { temporaryDir } from "../e2e/command.ts";
import { FETCH_MS, python } from "../python/venv.ts";
import { root } from "../source-graph.ts";

const examples = join(root, "examples");
const dir = temporaryDir();
afterAll(() => dir.remove());

test("open-bandit.ts prints what stands beside it, and nothing on stderr", { timeout: 2 * FETCH_MS }, async () => {
  // A python3 that has pip, which that of a system may lack.
  const env = { ...process.env, PATH: [dirname(await python()), process.env["PATH"]].join(delimiter) };
  const printed = readFileSync(join(examples, "open-bandit.out"), "utf8");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(examples, "open-bandit.ts")], {
    ...{ env, timeout: FETCH_MS },
  });
  expect([stdout, stderr]).toEqual([printed, ""]);
  const [live, random] = /regret: ([\d.]+) clicks live, ([\d.]+) at random/.exec(printed)!.slice(1).map(Number);
  expect(live!).toBeLessThan(0.7 * random!);
  const shares = [...printed.matchAll(/([\d.]+) %\n/g)].map(([, share]) => Number(share));
  expect(Math.min(...shares.slice(-3, -1))).toBeGreaterThan(4 * shares[0]!);
  // What its log had by itself: the random policy is the one that is asked for.
  expect(printed).toMatch(/^random-all +10000 rows, 3\.80 clicks in a thousand; it would have had 3\.\d\d, /m);
  expect(printed).toMatch(/^bts-women +10000 rows, .*; refused: 10000 decisions weigh as much as 2\.1 of/m);
});

test("the blueprint has at most 60 lines", () => {
  expect(readFileSync(join(examples, "open-bandit.yaml"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(60);
});

describe("the world", () => {
  const shown = (item: string, position: number, clicked: boolean): Logged => ({
    ...{ id: "", time: "", item, position, propensity: 0.5, userFeatures: ["", ""], clicked },
  });
  const log = [shown("a", 1, true), shown("a", 2, false), shown("b", 1, false), shown("b", 2, false)];
  const world = new World(log, ["a", "b"]);

  test("has the rates of the log, drawn towards those of the item and of all", () => {
    const a = (1 + 100 * 0.25) / (2 + 100);
    expect(world.rate("a", 1)).toBeCloseTo((1 + 100 * a) / 101, 12);
    expect(world.rate("a", 2)).toBeCloseTo((100 * a) / 101, 12);
    expect(world.best(log)).toEqual(["a", "b"]);
  });

  test("clicks as often as its rates say, and one luck decides for all items", () => {
    const visitors = Array.from({ length: 10_000 }, (_, at) => at);
    const clicked = (item: string) => visitors.filter((at) => world.clicks(at, item, 1));
    const [onA, onB] = [clicked("a"), new Set(clicked("b"))];
    // Within four standard deviations.
    expect(Math.abs(onA.length / 10_000 - world.rate("a", 1))).toBeLessThan(4 * Math.sqrt(0.25 / 10_000));
    expect(visitors.filter((at) => onB.has(at) && !onA.includes(at))).toEqual([]);
  });
});

test("a log that is missing names the command that gets it, and another file its place", async () => {
  const log = {
    name: "random-men",
    items: 2,
    decisions: join(dir.path, "log.csv"),
    clicks: join(dir.path, "clicks.csv"),
  };
  expect(itemsOf(log)).toEqual(["men-0", "men-1"]);
  await expect(readLog(log)).rejects.toThrow(/csv can't be read: `node examples\/open-bandit\/fetch\.ts` gets it/);
  const header = "decision_id,decision_ts,item_id,position,propensity_score,user_feature_0,user_feature_1\n";
  writeFileSync(log.decisions, `${header}random-men-0,2019-11-24T00:00:34.762Z,1,3,0.5,x,y\n`);
  writeFileSync(log.clicks, "id,clicked\n");
  await expect(readLog(log)).rejects.toThrow("clicks.csv:1: the columns are not decision_id,event_ts,clicked");
  writeFileSync(log.clicks, "decision_id,event_ts,clicked\nrandom-men-1,2019-11-24T00:00:34.762Z,true\n");
  await expect(readLog(log)).rejects.toThrow("clicks.csv:2: the click of random-men-0 goes here");
  writeFileSync(log.clicks, "decision_id,event_ts,clicked\nrandom-men-0,2019-11-24T00:00:34.762Z,true\n");
  expect(await readLog(log)).toEqual([
    {
      ...{ id: "random-men-0", time: "2019-11-24T00:00:34.762Z", item: "men-1", position: 3, propensity: 0.5 },
      ...{ userFeatures: ["x", "y"], clicked: true },
    },
  ]);
});
