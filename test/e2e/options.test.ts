import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { candidates, FILMS } from "../http/films.ts";
import { loopstream, succeeding, temporaryDir } from "./command.ts";

const dir = temporaryDir();
const place = ["--dir", join(dir.path, "state")];
const run = succeeding(place);
beforeAll(async () => {
  const file = join(dir.path, "films.yaml");
  writeFileSync(file, FILMS);
  await run("blueprint", "publish", file);
}, 900_000);
afterAll(() => dir.remove());

const ask = ["decide", "--use-case", "films", "--unit", "anna", "--timeout", "60000"];

test("decide prints the order of the candidates, from the command line and from a file", async () => {
  const asked = await loopstream([
    ...ask,
    "--id",
    "r-1",
    "--candidates",
    JSON.stringify(candidates),
    "hour=9",
    ...place,
  ]);
  expect([asked.code, asked.stderr]).toEqual([0, ""]);
  expect(asked.stdout).toBe("3 ranked  (noModel)  r-1\n  1. f2\n  2. f3\n  3. f4\n");
  const file = join(dir.path, "candidates.json");
  writeFileSync(file, JSON.stringify(["f7", ...candidates]));
  const { json } = await run(...ask, "--candidates", file, "hour=9");
  expect(json).toMatchObject({ value: "f7", ranking: ["f7", "f2", "f3"], reason: "noModel" });
}, 900_000);

test("a candidate that is wrong is named, and an entry that counts for nothing is told or refused", async () => {
  const wrong = await loopstream([...ask, "--candidates", '["f1", {"id": "f2"}]', ...place]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("--candidates: candidates[1].optionId is undefined: send a string");
  const mistyped = ["--candidates", '[{"optionId": "f1", "context": {"prise": 3}}]'];
  const lenient = await loopstream([...ask, ...mistyped, ...place]);
  expect(lenient.code).toBe(0);
  expect(lenient.stderr).toContain("prise");
  const strict = await loopstream([...ask, ...mistyped, "--strict", ...place]);
  expect(strict.code).toBe(1);
  expect(strict.stdout).toContain(
    'candidates[0] ("f1"): context: the blueprint has no entry "prise" (did you mean "price"?)',
  );
}, 900_000);

test("observe says which option it is about", async () => {
  await run("observe", "r-1", "kind=seen", "--option", "f3", "--id", "o-1", "--use-case", "films");
  const read = await loopstream(["topics", "read", "observations", ...place, "--json"]);
  expect(read.stdout).toContain('"optionId":"f3"');
}, 900_000);

test("an import has the options of its decisions, and the option of each observation", async () => {
  const at = (minute: number): string => new Date(Date.UTC(2026, 2, 8, 10, minute)).toISOString();
  const decided = [
    { decision_id: "h-1", decision_ts: at(0), hour: 9, candidates },
    { decision_id: "h-2", decision_ts: at(1), hour: 9, candidates: [{ optionId: "f1", context: { price: "dear" } }] },
    { decision_id: "h-3", decision_ts: at(2), hour: 9, candidates: ["f9", "f8"] },
  ];
  const [decisions, observations] = [join(dir.path, "d.jsonl"), join(dir.path, "o.csv")];
  writeFileSync(decisions, decided.map((line) => `${JSON.stringify(line)}\n`).join(""));
  writeFileSync(
    observations,
    `decision_id,event_ts,kind,film\nh-1,${at(5)},seen,f2\nh-1,${at(5)},seen,f3\nh-3,${at(5)},seen,f9\n`,
  );
  const files = ["--decisions", decisions, "--observations", observations, "--option-id", "film"];
  const imported = await loopstream(["import", "--use-case", "films", ...files, ...place]);
  expect(imported.code).toBe(4);
  expect(imported.stderr + imported.stdout).toContain(
    'd.jsonl:2 candidates holds a bad option, [0] ("f1"): price "dear" is not a number',
  );
  const read = async (topic: string) => (await loopstream(["topics", "read", topic, ...place, "--json"])).stdout;
  const made = (await read("decisions")).split("\n").filter((line) => line.includes('"decisionId":"h-'));
  expect(made.map((line) => [...line.matchAll(/"optionId":"(f\d)"/g)].map(([, id]) => id))).toEqual([
    ["f2", "f3", "f4"],
    ["f9", "f8"],
  ]);
  expect(await read("observations")).toMatch(/"decisionId":"h-1".*"optionId":"f3"/);
  const happened = (await read("events")).split("\n").filter((line) => line.includes('"option"'));
  expect(happened.map((line) => /"option":"(f\d)"/.exec(line)![1])).toEqual(expect.arrayContaining(["f2", "f3", "f9"]));
  expect(happened.filter((line) => line.includes('"genre":"crime"')).length).toBe(1);
  const again = await loopstream(["import", "--use-case", "films", ...files, ...place]);
  expect(again.stderr + again.stdout).toContain("imported before");
}, 900_000);
