import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Evaluation } from "../../recompute/index.ts";
import { loopstream, succeeding, temporaryDir } from "../e2e/command.ts";
import { linesOf } from "./lines.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());
const file = (name: string, text: string): string => {
  writeFileSync(join(dir.path, name), text);
  return join(dir.path, name);
};
const NEWS = `useCase: news
decisionSpace: { options: { topic: category } }
context: { hour: number }
observations: { reward: number }
features: [hour, topic]
label: { name: reward, value: reward, wait: 10m }
model: { objective: regression }
policy: { choose: hour }
join: { ttl: 1d }
`;
const place = ["--dir", join(dir.path, "state")];
const run = succeeding(place);
beforeAll(() => run("blueprint", "publish", file("news.yaml", NEWS)));

/** As a table that Personalizer's log was made into: one line a decision, with what came of it. */
const header = "event_id,time,hour,actions,chosen,probability,reward";
const line = (i: number, cells: readonly unknown[]): string =>
  [`e-${i}`, `2026-03-08T10:00:${String(i).padStart(2, "0")}Z`, ...cells].join(",");
const actions = '"[""sport"",""world"",""0042""]"';
const flags = [
  ...["--decision-id", "event_id", "--time", "time", "--candidates", "actions"],
  ...["--action", "chosen", "--propensity", "probability", "--reward", "reward"],
];

test("a table of decisions with actions, choice, propensity and reward is imported by its columns", async () => {
  const rows = [
    line(1, [9, actions, "world", 0.25, 1]),
    line(2, [10, actions, "0042", 0.125, 0]),
    line(3, [11, actions, "sport", 0.625, 0.5]),
    // No reward has come yet.
    line(4, [12, actions, "sport", 0.625, ""]),
    line(5, [13, actions, "weather", 0.5, 1]),
    line(6, [14, actions, "sport", 0.5, "much"]),
  ];
  const csv = file("log.csv", `${[header, ...rows].join("\n")}\n`);
  const imported = await loopstream(["import", "--use-case", "news", "--decisions", csv, ...flags, ...place, "--json"]);
  expect(imported.code).toBe(4);
  expect(imported.json).toMatchObject({ decisions: 5, observations: 3, badLines: 2, waiting: 1 });
  expect(imported.json["lines"]).toEqual([
    {
      file: csv,
      line: 6,
      problem: expect.stringContaining('chosen can\'t have been: the action "weather" is not one of'),
    },
    { file: `${csv} (reward)`, line: 7, problem: expect.stringContaining('reward "much" is not a number') },
  ]);
  const out = join(dir.path, "rows.jsonl");
  await run("rows", "--use-case", "news", "--out", out);
  expect(linesOf(out)).toMatchObject([
    { decisionId: "e-1", value: "world", propensity: 0.25, label: 1, hour: 9, reason: "logged" },
    { decisionId: "e-2", value: "0042", propensity: 0.125, label: 0 },
    { decisionId: "e-3", value: "sport", propensity: 0.625, label: 0.5 },
  ]);
  const evaluated = await loopstream(["evaluate", "--use-case", "news", "--policy", "uniform", ...place, "--json"]);
  const { rewarded, support } = evaluated.json as unknown as Evaluation;
  expect([rewarded, support.meanWeight]).toEqual([3, (1 / 0.25 + 1 / 0.125 + 1 / 0.625) / 9]);
  const again = await loopstream(["import", "--use-case", "news", "--decisions", csv, ...flags, ...place, "--json"]);
  expect(again.json).toMatchObject({ decisions: 0, observations: 0, known: 8, badLines: 2 });
});

test("with the probabilities of all actions it is exported as dsjson", async () => {
  const rows = [
    `${line(21, [9, actions, "world", 0.25, 1])},"[0.5,0.25,0.25]"`,
    // The propensity is that of the distribution.
    `${line(22, [9, actions, "0042", "", 1])},"[0.5,0.25,0.25]"`,
    `${line(23, [9, actions, "0042", 0.5, 1])},"[0.5,0.25,0.25]"`,
    `${line(24, [9, actions, "0042", 0.5, 1])},0.5`,
  ];
  const csv = file("all.csv", `${[`${header},all`, ...rows].join("\n")}\n`);
  const { code, json } = await loopstream([
    ...["import", "--use-case", "news", "--decisions", csv, ...flags, "--distribution", "all", ...place, "--json"],
  ]);
  expect([code, json["decisions"], json["lines"]]).toEqual([
    ...[4, 2],
    [
      { file: csv, line: 4, problem: expect.stringContaining("the propensity is 0.5, and the distribution has 0.25") },
      { file: csv, line: 5, problem: expect.stringContaining("all is no JSON list of numbers: 0.5") },
    ],
  ]);
  const out = join(dir.path, "news.dsjson");
  const told = await run("rows", "--use-case", "news", "--out", out);
  expect(told.json).toMatchObject({ decisions: 2, leftOut: { withoutDistribution: 3 } });
  expect(linesOf(out).map(({ EventId, a, p, _label_probability }) => [EventId, a, p, _label_probability])).toEqual([
    ["e-21", [2, 1, 3], [0.25, 0.5, 0.25], 0.25],
    ["e-22", [3, 1, 2], [0.25, 0.5, 0.25], 0.25],
  ]);
});

test("a reward that is no column, is known before, or comes with other observations is refused", async () => {
  const csv = file("few.csv", `${header}\n${line(31, [9, actions, "world", 0.25, 1])}\n`);
  const known = NEWS.replace("useCase: news", "useCase: known").replace("hour: number", "hour: number, reward: number");
  await run("blueprint", "publish", file("known.yaml", known));
  const refused: unknown[] = [];
  for (const some of [
    ["--use-case", "news", "--decisions", csv, ...flags, "--reward", "hour"],
    ["--use-case", "news", "--decisions", csv, ...flags, "--observations", join(dir.path, "log.csv")],
    ["--use-case", "known", "--decisions", csv, ...flags],
    ["--use-case", "news", "--decisions", file("no.csv", "event_id,time,actions\n"), ...flags],
  ]) {
    const { code, stderr } = await loopstream(["import", ...some, ...place]);
    refused.push([code, stderr]);
  }
  expect(refused).toEqual([
    [2, expect.stringContaining("--reward takes one of reward")],
    [2, expect.stringContaining("--reward reward: is a column of --decisions, in place of --observations")],
    [2, expect.stringContaining("--reward reward: is an entry of the context too")],
    [2, expect.stringContaining("there is no column reward")],
  ]);
});

test("a second line of an event id is a bad line with its cost: the row has the reward of its own action", async () => {
  const own = ["--dir", join(dir.path, "repeated")];
  await succeeding(own)("blueprint", "publish", join(dir.path, "news.yaml"));
  const logged = (action: number, probability: number, cost: number, second: number): string =>
    JSON.stringify({
      ...{ _label_cost: cost, _label_probability: probability, _label_Action: action, _labelIndex: action - 1 },
      ...{ Timestamp: `2026-03-08T10:00:0${second}Z`, EventId: "z", a: [action, 3 - action] },
      c: { hour: 9, _multi: [{ topic: "sport" }, { topic: "world" }] },
      p: [probability, 1 - probability],
    });
  const log = file(
    "repeated.jsonl",
    `${[logged(1, 0.25, -1, 0), logged(2, 0.5, -9, 0), logged(2, 0.5, -9, 7)].join("\n")}\n`,
  );
  const problem = `has the decision id "z" of ${log}:1 and other values: an id is of one decision`;
  for (const dryRun of [["--dry-run"], []]) {
    const imported = await loopstream(["import", "--use-case", "news", "--dsjson", log, ...dryRun, ...own, "--json"]);
    expect([imported.code, imported.json["lines"]]).toEqual([
      4,
      [2, 3].map((at) => ({ file: log, line: at, problem })),
    ]);
    expect(imported.json).toMatchObject({ decisions: 1, observations: 1, badLines: 2, waiting: 2 });
  }
  const out = join(dir.path, "repeated-rows.jsonl");
  await succeeding(own)("rows", "--use-case", "news", "--out", out);
  expect(linesOf(out)).toMatchObject([{ decisionId: "z", propensity: 0.25, label: 1 }]);
});
