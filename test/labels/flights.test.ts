import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineUseCase, parseBlueprint } from "../../blueprints/index.ts";
import { flights, succeeding, temporaryDir, type Ran } from "../e2e/command.ts";
import { python, runPython } from "../python/venv.ts";

/** A departure is known within hours, an arrival within a day and a half; what a decision costs comes in parts. */
const TEXT = `useCase: flight-labels
decisionSpace: boolean
context: { distance: number, carrier: category, origin: category }
observations: { cents: number }
events:
  departure: { fields: [delay_min] }
  arrival: { fields: [delay_min] }
  cost: {}
features: [distance, carrier, origin]
labels:
  arrives_late: { when: kind == "arrival", value: delay_min >= 15, wait: 36h }
  departs_late: { when: kind == "departure", value: delay_min >= 15, wait: 6h }
  minutes: { when: kind == "arrival", value: delay_min, wait: 12h, objective: regression }
  cost: { when: kind == "cost", value: cents, aggregate: sum, wait: 2h, default: 0, objective: regression }
reward: 100 * arrives_late - coalesce(cost, 0)
model: { rounds: 20, depth: 3 }
policy: { decide: arrives_late > 0.35 }
join: { ttl: 40h }
`;

const inTypeScript = defineUseCase({
  useCase: "flight-labels",
  decisionSpace: "boolean",
  context: { distance: "number", carrier: "category", origin: "category" },
  observations: { cents: "number" },
  events: { departure: { fields: ["delay_min"] }, arrival: { fields: ["delay_min"] }, cost: {} },
  features: ["distance", "carrier", "origin"],
  labels: {
    arrives_late: { when: 'kind == "arrival"', value: "delay_min >= 15", wait: "36h" },
    departs_late: { when: 'kind == "departure"', value: "delay_min >= 15", wait: "6h" },
    minutes: { when: 'kind == "arrival"', value: "delay_min", wait: "12h", objective: "regression" },
    cost: { when: 'kind == "cost"', value: "cents", aggregate: "sum", wait: "2h", default: 0, objective: "regression" },
  },
  reward: "100 * arrives_late - coalesce(cost, 0)",
  model: { rounds: 20, depth: 3 },
  policy: { decide: "arrives_late > 0.35" },
  join: { ttl: "40h" },
});

const script = join(import.meta.dirname, "as_of.py");
/** Some at the ends of waits, some in between; the last one is after everything. */
const TIMES = [
  "2013-01-01T16:15:00Z",
  "2013-01-09T03:59:59.999Z",
  "2013-01-31T23:00:00Z",
  "2013-02-15T12:34:56Z",
  "2013-03-10T07:00:00Z",
  "2013-04-01T20:00:00Z",
  "2013-06-01T00:00:00Z",
];

test("a use case in TypeScript is the same version as its YAML, with several labels, a cost and a reward", () => {
  expect(inTypeScript.version).toBe(parseBlueprint(TEXT).version);
});

describe("three labels and a cost of all flights of the first quarter", () => {
  const dir = temporaryDir();
  const path = (name: string): string => join(dir.path, name);
  const run = succeeding(["--dir", path("loop")]);
  let replayed: Ran;
  beforeAll(async () => {
    await python();
    await runPython(script, ["make", flights.decisions, flights.observations, dir.path], 300_000);
    writeFileSync(path("flights.yaml"), TEXT);
    await run("blueprint", "publish", path("flights.yaml"));
    const files = ["--decisions", flights.decisions, "--observations", path("observations.csv")];
    await run("import", "--use-case", "flight-labels", ...files);
    replayed = await run("replay", "--use-case", "flight-labels");
    const topic = replayed.json["rowsTopic"] as string;
    for (const [at, time] of TIMES.entries()) {
      const rows = ["rows", "--use-case", "flight-labels", "--as-of", time];
      await run(...rows, "--out", path(`rows-${at}.parquet`));
      await run(...rows, "--topic", topic, "--out", path(`replayed-${at}.parquet`));
    }
  }, 900_000);
  afterAll(() => dir.remove());

  test("are at any time the labels, maturities and rewards that DuckDB finds", { timeout: 600_000 }, async () => {
    const found = (await runPython(
      script,
      ["check", flights.decisions, flights.observations, dir.path, ...TIMES],
      300_000,
    )) as Readonly<Record<"times" | "replayed", readonly Readonly<Record<string, number>>[]>>;
    expect(found.replayed).toEqual(found.times);
    let before = [0, 0, 0, 0];
    for (const time of found.times) {
      expect(time).toMatchObject({ first: [], different: 0 });
      expect(time["rows"]).toBe(time["expected"]);
      const mature = ["cost", "departs_late", "minutes", "arrives_late"].map((name) => time[`mature_${name}`]!);
      // The shorter the wait, the more are mature; and with time they only become more.
      expect(mature).toEqual(mature.toSorted((a, b) => b - a));
      for (const [at, count] of mature.entries()) expect(count).toBeGreaterThanOrEqual(before[at]!);
      before = mature;
    }
    expect(found.times.map(({ rows }) => rows).at(-1)).toBe(80_789);
    // Labels wait in some, and some were corrected between the ends of waits.
    for (const name of ["partial", "later"]) {
      expect(
        found.times.reduce((sum, time) => sum + time[name]!, 0),
        name,
      ).toBeGreaterThan(100);
    }
  });

  test("come from a replay bit for bit", async () => {
    const live = await run("replay", "--use-case", "flight-labels");
    expect(live.json["rowsSha256"]).toBe(replayed.json["rowsSha256"]);
    expect(replayed.json).toMatchObject({ decisions: 80_789, deadLetters: 0, waiting: 0 });
  });
});
