import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loopstream, succeeding, temporaryDir } from "./command.ts";

const SHELF = `useCase: shelf
decisionSpace: { options: { price: number } }
context: { hour: number }
observations: { clicked: boolean }
features: [hour, price]
label: { name: click, value: clicked, default: 0, wait: 10m }
policy: { rank: { score: click, show: 2 } }
training: { weight: 1 / propensity }
join: { ttl: 1d }
`;
const dir = temporaryDir();
afterAll(() => dir.remove());
const place = ["--dir", join(dir.path, "state")];
const run = succeeding(place);
const path = (name: string): string => join(dir.path, name);
const file = (name: string, all: readonly object[] | string): string => {
  writeFileSync(path(name), typeof all === "string" ? all : all.map((one) => `${JSON.stringify(one)}\n`).join(""));
  return path(name);
};
const candidates = ["a", "b", "c"].map((optionId, at) => ({ optionId, context: { price: at } }));
const line = (i: number, chance: unknown): object => ({
  ...{ decision_id: `r-${i}`, decision_ts: `2026-03-08T10:00:0${i}Z`, hour: i, candidates, chance },
});

test("imported rankings have the propensities of their positions in rows and decisions, and audit finds them", async () => {
  await run("blueprint", "publish", file("shelf.yaml", SHELF));
  const lines = [
    line(0, [0.5, 0.25, 1]),
    // So many were shown.
    line(1, [0.125]),
    line(2, 0.5),
    line(3, 1),
    line(4, null),
    line(5, [0.5, 2]),
    line(6, "often"),
  ];
  const clicks = [{ decision_id: "r-0", event_ts: "2026-03-08T10:01:00Z", clicked: true, optionId: "b" }];
  const flags = ["--observations", file("o.jsonl", clicks), "--propensity", "chance", "--use-case", "shelf"];
  const imported = await loopstream(["import", "--decisions", file("d.jsonl", lines), ...flags, ...place, "--json"]);
  expect([imported.code, imported.json["decisions"], imported.json["lines"]]).toEqual([
    ...[4, 5],
    [
      {
        ...{ file: path("d.jsonl"), line: 6 },
        problem: "chance can't have been: the probability 2 of a position is not above 0 and at most 1",
      },
      {
        ...{ file: path("d.jsonl"), line: 7 },
        problem: "chance is neither a number nor a JSON list of numbers: often",
      },
    ],
  ]);
  await run("rows", "--use-case", "shelf", "--out", path("rows.jsonl"));
  const rows = readFileSync(path("rows.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
    .map((row) => [row["decisionId"], row["optionId"], row["optionPosition"], row["propensity"], row["label"]]);
  expect(rows).toEqual([
    ["r-0", "a", 1, 0.5, 0],
    ["r-0", "b", 2, 0.25, 1],
    ["r-0", "c", 3, 1, 0],
    ["r-1", "a", 1, 0.125, 0],
    ["r-2", "a", 1, null, 0],
    ["r-2", "b", 2, null, 0],
    ["r-2", "c", 3, null, 0],
    ["r-3", "a", 1, 1, 0],
    ["r-3", "b", 2, 1, 0],
    ["r-3", "c", 3, 1, 0],
    // As before: the policy's own limits, and the order of the request.
    ["r-4", "a", 1, 1, 0],
    ["r-4", "b", 2, 1, 0],
  ]);
  await run("decisions", "--use-case", "shelf", "--out", path("decisions.jsonl"));
  const decisions = readFileSync(path("decisions.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
    .map(({ decisionId, propensity, reason }) => [decisionId, propensity, reason]);
  expect(decisions).toEqual([
    ["r-0", 0.125, "logged"],
    ["r-1", 0.125, "logged"],
    ["r-2", 0.5, "logged"],
    ["r-3", 1, "logged"],
    ["r-4", 1, "noModel"],
  ]);
  const audit = await run("audit", "--use-case", "shelf", "--sample", "1");
  expect(audit.json).toMatchObject({ sampled: 5, recomputed: 5, differences: [] });

  const again = await loopstream(["import", "--decisions", path("d.jsonl"), ...flags, ...place, "--json"]);
  expect(again.json).toMatchObject({ decisions: 0, observations: 0, known: 6 });
  const changed = await loopstream([
    ...["import", "--decisions", file("d2.jsonl", [line(0, [0.5, 0.5, 1])]), ...flags.slice(2), ...place],
  ]);
  expect([changed.code, changed.stderr]).toEqual([2, expect.stringContaining("r-0")]);

  const csv =
    'decision_id,decision_ts,hour,candidates,chance\ns-1,2026-03-09T10:00:00Z,1,"[""x"",""y""]","[0.5,0.75]"\n';
  await run("import", "--decisions", file("d.csv", csv), "--propensity", "chance", "--use-case", "shelf");
  const named = await loopstream([
    ...["import", "--decisions", file("a.jsonl", [{ ...line(7, 0.5), top: "a" }])],
    ...["--use-case", "shelf", "--propensity", "chance", "--action", "top", ...place],
  ]);
  expect([named.code, named.stdout]).toEqual([
    4,
    expect.stringContaining("top can't be imported: a ranking of history is the order of its candidates"),
  ]);
}, 120_000);
