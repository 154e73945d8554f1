import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { featureKinds } from "../../blueprints/features/kinds/index.ts";
import { flights, succeeding, temporaryDir } from "../e2e/command.ts";
import { python, runPython } from "../python/venv.ts";

const TEXT = `useCase: flight-features
decisionSpace: boolean
context:
  distance: number
  sched_block_min: number
  dep_minute_of_day: number
  temp: number
  humid: number
  wind_dir: number
  from_lat: number
  from_lon: number
  to_lat: number
  to_lon: number
  sched_arr_ts: time
  carrier: category
  origin: category
  dest: category
  manufacturer: category
  tags: list
  winds: vector(2)
  notes: text
tables:
  words: { key: word, fields: { meaning: vector(3), share: number } }
features:
  - winds
  - speed: { formula: distance / sched_block_min }
  - muggy: { formula: temp > 60 and humid > 70 }
  - log_distance: { formula: log(1 + distance) }
  - temp_part: { bucket: temp, bounds: [32, 50, 68] }
  - temp_number: { bucket: temp, bounds: [32, 50, 68], ordinal: true }
  - route: { cross: [origin, dest] }
  - maker_weather: { cross: [manufacturer, temp_part] }
  - km: { haversine: [from_lat, from_lon, to_lat, to_lon] }
  - origins: { oneHot: origin, values: [EWR, XXX] }
  - has: { oneHot: tags, values: [UA, Turbo-fan] }
  - dests: { hash: dest, slots: 32 }
  - tagged: { hash: tags, slots: 7 }
  - said: { embed: notes, words: words, vector: meaning, share: share, smooth: 0.01 }
  - minute: { calendar: minute, at: sched_arr_ts, zone: America/New_York }
  - hour: { calendar: hour, at: sched_arr_ts, zone: America/New_York }
  - day_of_week: { calendar: dayOfWeek, at: sched_arr_ts, zone: America/New_York }
  - weekend: { calendar: weekend, at: sched_arr_ts, zone: America/New_York }
  - day: { calendar: day, at: sched_arr_ts, zone: America/New_York }
  - day_of_year: { calendar: dayOfYear, at: sched_arr_ts, zone: America/New_York }
  - week: { calendar: week, at: sched_arr_ts, zone: America/New_York }
  - month: { calendar: month, at: sched_arr_ts, zone: America/New_York }
  - quarter: { calendar: quarter, at: sched_arr_ts, zone: America/New_York }
  - year: { calendar: year, at: sched_arr_ts, zone: America/New_York }
  - asked_hour: { calendar: hour, zone: Asia/Kolkata }
  - late_hours: { formula: hour - 12 }
  - minute_of_day: { cyclical: dep_minute_of_day, period: 1440 }
  - wind: { cyclical: wind_dir, period: 360 }
events: { arrival: { fields: [delay_min] } }
label: { name: late, value: delay_min > 15, wait: 36h }
policy: { decide: late > 0.5 }
`;
/** Compared with DuckDB by suites of their own, or, of a position, known in rows alone. */
const ELSEWHERE = ["context", "window", "table", "position"];
const script = join(import.meta.dirname, "derived.py");

describe("features made of others, of all flights of the first quarter", () => {
  const dir = temporaryDir();
  const path = (name: string): string => join(dir.path, name);
  const run = succeeding(["--dir", path("loop")]);
  beforeAll(async () => {
    await python();
    await runPython(script, ["make", flights.decisions, dir.path], 300_000);
    writeFileSync(path("flights.yaml"), TEXT);
    await run("blueprint", "publish", path("flights.yaml"));
    await run("tables", "import", "words", path("words.csv"), "--from", "1970-01-01");
    await run("import", "--use-case", "flight-features", "--decisions", path("decisions.csv"));
    await run("decisions", "--use-case", "flight-features", "--out", path("decisions.parquet"));
  }, 900_000);
  afterAll(() => dir.remove());

  test("every kind is tried", () => {
    const kinds = parseBlueprint(TEXT).features.map(({ kind }) => kind);
    expect(new Set([...kinds, ...ELSEWHERE])).toEqual(new Set(featureKinds.names()));
  });

  test("every decision has the values that DuckDB finds", { timeout: 600_000 }, async () => {
    const found = (await runPython(script, ["check", flights.decisions, dir.path], 300_000)) as Record<
      string,
      Record<string, unknown>
    >;
    expect(Object.keys(found).sort()).toEqual(
      parseBlueprint(TEXT)
        .features.map(({ name }) => name)
        .sort(),
    );
    for (const [name, counts] of Object.entries(found))
      expect(counts, name).toMatchObject({ first: [], compared: 80_789, different: 0 });
    for (const name of ["maker_weather", "km", "has_UA", "tagged_0", "winds_0", "said_0", "wind_sin"])
      expect(Number(found[name]!["missing"]), name).toBeGreaterThan(0);
    for (const name of ["route", "maker_weather", "said_0", "km"])
      expect(Number(found[name]!["values"]), name).toBeGreaterThan(50);
  });
});
