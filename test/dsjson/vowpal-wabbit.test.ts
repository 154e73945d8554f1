import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Evaluation } from "../../recompute/index.ts";
import { random } from "../blueprints/random.ts";
import { loopstream, succeeding, temporaryDir } from "../e2e/command.ts";
import { FETCH_MS, python, runPython } from "../python/venv.ts";
import { linesOf, type DsjsonLine } from "./lines.ts";

/** An item whose topic is the wanted one is taken in 8 of 10 cases, any other in 1 of 10. */
const ITEMS = `useCase: items
decisionSpace: { options: { topic: category, price: number, fresh: boolean } }
context: { want: category, hour: number }
observations: { taken: boolean }
features: [want, hour, topic, price, fresh]
label: { name: taken, value: taken, wait: 10m }
policy: { choose: 0 - price }
exploration: { softmax: 0.5 }
join: { ttl: 7d }
`;
const COUNT = 2_000;
const TOPICS = ["sport", "world", "art: old", "money|new"];

const dir = temporaryDir();
afterAll(() => dir.remove());
const path = (name: string): string => join(dir.path, name);
const file = (name: string, text: string): string => {
  writeFileSync(path(name), text);
  return path(name);
};
const jsonl = (all: readonly object[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join("");

interface Judged {
  readonly exported: Readonly<Record<string, unknown>>;
  readonly log: Readonly<Record<string, unknown>>;
  readonly firstLoss: number;
  readonly lastLoss: number;
  readonly isBest: number;
  readonly meanReward: number;
}

let exported: readonly DsjsonLine[];
let judged: Judged;

beforeAll(async () => {
  await python();
  const run = succeeding(["--dir", path("state")]);
  await run("blueprint", "publish", file("items.yaml", ITEMS));
  const next = random(3);
  const asked = Array.from({ length: COUNT }, (_, i) => ({
    decision_id: `i-${i}`,
    decision_ts: new Date(Date.UTC(2026, 2, 8) + 60_000 * i).toISOString(),
    ...{ want: TOPICS[Math.floor(4 * next())]!, hour: (i / 60) % 24 },
    candidates: TOPICS.map((topic, at) => ({
      optionId: `item ${at}`,
      context: { topic, price: next(), ...(next() > 0.2 ? { fresh: next() > 0.5 } : {}) },
    })),
  }));
  await run("import", "--use-case", "items", "--decisions", file("d.jsonl", jsonl(asked)));
  // Without a model all options are equally likely; what was chosen has its outcome.
  await run("decisions", "--use-case", "items", "--out", path("made.jsonl"));
  const chosen = new Map(
    readFileSync(path("made.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly decisionId: string; readonly value: string })
      .map(({ decisionId, value }) => [decisionId, value]),
  );
  const observed = asked.map(({ decision_id, decision_ts, want }) => ({
    ...{ decision_id, event_ts: decision_ts },
    taken: next() < (chosen.get(decision_id) === `item ${TOPICS.indexOf(want)}` ? 0.8 : 0.1),
  }));
  await run("import", "--use-case", "items", "--observations", file("o.jsonl", jsonl(observed)));
  const told = await run("rows", "--use-case", "items", "--out", path("items.dsjson"));
  expect(told.json).toMatchObject({ decisions: COUNT, leftOut: {} });
  exported = linesOf(path("items.dsjson"));
  const script = join(import.meta.dirname, "learn.py");
  judged = (await runPython(script, [path("items.dsjson"), path("vw.log")], 120_000)) as Judged;
}, FETCH_MS);

test("Vowpal Wabbit reads every exported line, and has nothing to complain about", () => {
  expect(exported).toHaveLength(COUNT);
  expect(new Set(exported.map(({ p }) => p.length))).toEqual(new Set([4]));
  expect(judged.exported).toMatchObject({ "number of examples": COUNT, warnings: [] });
});

test("its loss falls as it learns, and its policy prefers the action that is known to be the better one", () => {
  // Chance takes the wanted topic in a quarter of the cases.
  const chance = 0.25 * 0.8 + 0.75 * 0.1;
  expect(judged.firstLoss).toBeLessThan(-chance + 0.1);
  expect(judged.lastLoss).toBeLessThan(judged.firstLoss - 0.1);
  // By its own account too, with inverse propensities: the log alone has the cost of chance.
  expect(judged.exported["average loss"]).toBeLessThan(-chance - 0.2);
  expect(judged.isBest).toBeGreaterThan(0.95);
  expect(judged.meanReward).toBeGreaterThan(2 * chance);
});

test("what it logs is imported again with its own probabilities, and exported to the digit", async () => {
  const place = ["--dir", path("again")];
  const run = succeeding(place);
  await run("blueprint", "publish", path("items.yaml"));
  const imported = await run("import", "--use-case", "items", "--dsjson", path("vw.log"));
  expect(imported.json).toMatchObject({ decisions: COUNT / 4, observations: COUNT / 4, badLines: 0 });
  expect(judged.log).toMatchObject({ "number of examples": COUNT / 4, warnings: [] });
  await run("rows", "--use-case", "items", "--out", path("again.dsjson"));
  const logged = linesOf(path("vw.log")) as readonly (DsjsonLine & { readonly VWState: unknown })[];
  expect(linesOf(path("again.dsjson"))).toEqual(
    logged.map(({ VWState: _, ...line }) => ({
      ...line,
      Unit: line.EventId,
      pdrop: 0,
      a: expect.any(Array) as unknown,
    })),
  );

  // Uniform is what the exported log did: the estimate from the one log is near the mean of the other.
  const { json } = await loopstream(["evaluate", "--use-case", "items", "--policy", "uniform", ...place, "--json"]);
  const { estimates, logged: own, support } = json as unknown as Evaluation;
  expect([support.decisions, own!.value]).toEqual([COUNT / 4, judged.meanReward]);
  const mean = -exported.reduce((sum, { _label_cost }) => sum + _label_cost, 0) / COUNT;
  expect(mean).toBeLessThan(own!.value - 0.2);
  expect(Math.abs(estimates!["DR"]!.value - mean)).toBeLessThan(3 * estimates!["DR"]!.standardError);
}, 120_000);
