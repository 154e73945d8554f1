import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { flights, loopstream, temporaryDir, type Ran } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

const TEXT = readFileSync(flights.blueprint, "utf8");
const [DECLARED] = TEXT.split("label:\n") as [string];
const SMALL = "model: { rounds: 10, depth: 3, minChildWeight: 10 }";
/** The flights' own, with smaller models that begin earlier and serve soon. */
const FLIGHTS = TEXT.replace(/^model:\n(?: .*\n)+/m, `${SMALL}\n`).replace(
  "minRows: 2000",
  "minRows: 500\n  refreshAfter: 6h\n  tolerance: 20%",
);
const WAIT = 'when: kind == "arrival", wait: 36h, default: none';
const DELAY = `${DECLARED}
label: { name: delay, value: delay_min, objective: regression, ${WAIT} }
${SMALL}
policy: { decide: delay > 20 }
join: { ttl: 36h }
training: { minRows: 500, freshRows: 50%, schedule: none, metric: mse, weight: "if(distance > 1000, 1, 3)" }
`;
const SEVERAL = `${DECLARED}
labels:
  delayed: { value: delay_min >= 15, ${WAIT} }
  delay: { value: delay_min, objective: regression, ${WAIT} }
${SMALL}
policy: { decide: delayed > 0.35 and delay > 5 }
join: { ttl: 36h }
training: { minRows: 500, freshRows: 50%, schedule: none }
`;
const UNTRAINED = FLIGHTS.replace(/^training:\n(?: .*\n)+/m, "training: { schedule: none, freshRows: none }\n");

const path = (name: string): string => join(dir.path, name);
/** Lines of a packed file, those of the first days of January. */
function firstDays(file: string, column: string): string[] {
  const [head, ...lines] = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n");
  const at = head!.split(",").indexOf(column);
  return [head!, ...lines.filter((line) => line.split(",")[at]! < "2013-01-05T18")];
}

const files = { decisions: path("decisions.csv"), observations: path("observations.csv") };
const write = (file: string, lines: readonly string[]): void => writeFileSync(file, `${lines.join("\n")}\n`);
const lines = { decisions: [] as string[], observations: [] as string[] };

const given = (name: string, text: string, more: readonly string[] = [], of = files): string[] => {
  writeFileSync(path(`${name}.yaml`), text);
  const { decisions, observations } = of;
  return [
    ...["backtest", "--blueprint", path(`${name}.yaml`), "--unit", "carrier+flight", "--json", "--dir", path(name)],
    ...["--decisions", decisions, "--observations", observations, ...more],
  ];
};

interface Month {
  readonly month: string;
  readonly decisions: number;
  readonly nullDecisions: number;
  readonly rows: number;
  readonly served: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly promoted: number;
  readonly refused: number;
  readonly newestRowAgeMs: { readonly mean: number; readonly largest: number } | null;
}
const monthsOf = ({ json }: Ran): readonly Month[] => json["months"] as Month[];
/** But for counts of the lines that this run itself has published. */
const found = ({ json: { imported: _, ...rest } }: Ran): object => rest;
const modelsOf = async (name: string): Promise<unknown> =>
  JSON.parse((await loopstream(["models", "list", "--json", "--dir", path(name)])).stdout.trim().split("\n").at(-1)!);

type Row = Readonly<Record<string, number | string | null>>;
async function exported(name: string, useCase = "flight-delays"): Promise<readonly Row[]> {
  const out = path(`${name}.jsonl`);
  const ran = await loopstream(["rows", "--use-case", useCase, "--out", out, "--dir", path(name)]);
  expect(ran.code, ran.stderr).toBe(0);
  const all = readFileSync(out, "utf8").trimEnd().split("\n");
  return all.map((line) => JSON.parse(line) as Row);
}

let whole: Ran;
beforeAll(async () => {
  lines.decisions = firstDays(flights.decisions, "decision_ts");
  lines.observations = firstDays(flights.observations, "event_ts");
  write(files.decisions, lines.decisions);
  write(files.observations, lines.observations);
  whole = await loopstream(given("whole", FLIGHTS));
  expect(whole.code, whole.stderr).toBe(0);
}, 600_000);

const MINUTES = { timeout: 900_000 };

test("two runs give the same figures, rows and models, bit for bit", MINUTES, async () => {
  const second = await loopstream(given("second", FLIGHTS));
  expect(found(second)).toEqual(found(whole));
  expect(await modelsOf("second")).toEqual(await modelsOf("whole"));
  const [month] = monthsOf(whole);
  expect(monthsOf(whole)).toHaveLength(1);
  expect(month).toMatchObject({ month: "2013-01", decisions: lines.decisions.length - 1 });
  expect(month!.promoted).toBeGreaterThan(1);
  expect(month!.served).toBeGreaterThan(1_000);
});

test(
  "the figures are those of the rows as they were served, computed anew from the rows' export",
  MINUTES,
  async () => {
    const rows = await exported("whole");
    const served = rows.filter((row) => row["prediction_delayed"] !== null && row["label"] !== null);
    const [month] = monthsOf(whole) as [Month];
    expect([rows.length, served.length]).toEqual([month.rows, month.served]);
    const pairs = served.map((row) => [Number(row["label"]), Number(row["prediction_delayed"])] as const);
    const [late, punctual] = [1, 0].map((label) => pairs.filter(([is]) => is === label).map(([, score]) => score));
    let above = 0;
    for (const a of late!) for (const b of punctual!) above += a > b ? 1 : a === b ? 0.5 : 0;
    expect(month.metrics["auc"]).toBeCloseTo(above / (late!.length * punctual!.length), 9);
    const losses = pairs.map(([is, score]) => -Math.log(is === 1 ? score : 1 - score));
    expect(month.metrics["logLoss"]).toBeCloseTo(losses.reduce((a, b) => a + b) / pairs.length, 6);
    const { mean, largest } = month.newestRowAgeMs!;
    expect(mean).toBeGreaterThan(36 * 3_600_000);
    expect(largest).toBeGreaterThan(mean);
  },
);

test("killed with -9 again and again it goes on, and ends as a run that was left alone", MINUTES, async () => {
  let killed = 0;
  for (const killAfterMs of [2_100, 2_800, 3_600, 2_400, 4_300]) {
    const { code } = await loopstream(given("killed", FLIGHTS), { killAfterMs });
    if (code === null) killed++;
  }
  const resumed = await loopstream(given("killed", FLIGHTS));
  expect(killed).toBeGreaterThanOrEqual(2);
  expect(found(resumed), resumed.stderr).toEqual(found(whole));
  expect(await modelsOf("killed")).toEqual(await modelsOf("whole"));
});

test("given again when it is done, it publishes and trains nothing", MINUTES, async () => {
  const again = await loopstream(given("whole", FLIGHTS));
  expect(found(again)).toEqual(found(whole));
  expect(again.json["imported"]).toMatchObject({ decisions: 0, observations: 0, events: 0 });
});

test(
  "stopped at --until and given again with a later one, it ends as one run; other steps train at other times",
  MINUTES,
  async () => {
    const first = await loopstream(given("stopped", FLIGHTS, ["--until", "2013-01-04T12:00Z"]));
    const [month] = monthsOf(first) as [Month];
    // The wait of decisions is not over yet, since nobody has told the loop of a later time.
    expect(month.decisions).toBeGreaterThan(month.rows + 500);
    const last = await loopstream(given("stopped", FLIGHTS));
    expect(found(last)).toEqual(found(whole));
    const daily = await loopstream(given("daily", FLIGHTS, ["--step", "1d"]));
    const [days, hours] = [monthsOf(daily)[0]!, monthsOf(whole)[0]!];
    expect(days.promoted + days.refused).toBeLessThan(hours.promoted + hours.refused);
    expect([days.decisions, days.rows]).toEqual([hours.decisions, hours.rows]);
  },
);

test("bad lines are told and become dead letters, and the others go on", MINUTES, async () => {
  const [bad, badColumn] = [[...lines.decisions], lines.decisions[0]!.split(",").indexOf("distance")];
  const broken = bad[50]!.split(",").map((cell, at) => (at === badColumn ? "far" : cell));
  bad[50] = broken.join(",");
  write(path("bad.csv"), bad);
  const ran = await loopstream(
    given("bad", FLIGHTS, ["--until", "2013-01-03"], { ...files, decisions: path("bad.csv") }),
  );
  expect(ran.code).toBe(4);
  expect(ran.stderr).toMatch(/bad\.csv:51 distance/);
  expect(ran.json["imported"]).toMatchObject({ badLines: 1, lines: [{ line: 51 }] });
  const letters = await loopstream(["topics", "read", "dead-letters", "--json", "--dir", path("bad")]);
  expect(letters.stdout).toContain("bad.csv");
  expect(letters.stdout.trimEnd().split("\n")).toHaveLength(1);
});

test("a use case with a number as its label, by weights: mse, from the rows' export too", MINUTES, async () => {
  const ran = await loopstream(given("delay", DELAY));
  expect(ran.code, ran.stderr).toBe(0);
  const [month] = monthsOf(ran) as [Month];
  expect(Object.keys(month.metrics)).toEqual(["mse"]);
  expect(month.promoted).toBeGreaterThan(0);
  let [sum, weights] = [0, 0];
  for (const row of await exported("delay")) {
    if (row["prediction_delay"] === null) continue;
    const weight = Number(row["distance"]) > 1_000 ? 1 : 3;
    sum += weight * (Number(row["label"]) - Number(row["prediction_delay"])) ** 2;
    weights += weight;
  }
  expect(month.metrics["mse"]! / (sum / weights)).toBeCloseTo(1, 6);
});

test("of several labels the figures are those of the first one", MINUTES, async () => {
  const ran = await loopstream(given("several", SEVERAL));
  expect(ran.code, ran.stderr).toBe(0);
  const [month] = monthsOf(ran) as [Month];
  expect(Object.keys(month.metrics).sort()).toEqual(["auc", "brier", "logLoss", "mse"]);
  const rows = await exported("several");
  const served = rows.filter((row) => row["prediction_delayed"] !== null && row["label_delayed"] !== null);
  const errors = served.map((row) => (Number(row["label_delayed"]) - Number(row["prediction_delayed"])) ** 2);
  expect(served).toHaveLength(month.served);
  expect(month.metrics["brier"]).toBeCloseTo(errors.reduce((a, b) => a + b) / errors.length, 6);
});

test(
  "a use case without a schedule and fresh rows says that nothing is trained, and makes its rows",
  MINUTES,
  async () => {
    const ran = await loopstream(given("untrained", UNTRAINED, ["--until", "2013-01-04T12:00Z"]));
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain("nothing is trained: training of flight-delays has neither a schedule nor freshRows");
    const [month] = monthsOf(ran) as [Month];
    expect(month).toMatchObject({ promoted: 0, refused: 0, served: 0, metrics: {}, newestRowAgeMs: null });
    expect(month.nullDecisions).toBe(month.decisions);
    expect(month.rows).toBeGreaterThan(500);
  },
);

test("what would give wrong figures is refused before anything is published", MINUTES, async () => {
  const other = await loopstream(given("whole", UNTRAINED));
  expect([other.code, other.stderr]).toEqual([
    2,
    expect.stringContaining("another version of flight-delays is live here"),
  ]);
  const { decisions, observations } = files;
  const at = ["--json", "--dir", path("imported")];
  const rest = ["--use-case", "flight-delays", "--decisions", decisions, "--observations", observations, ...at];
  writeFileSync(path("flights.yaml"), FLIGHTS);
  expect((await loopstream(["blueprint", "publish", path("flights.yaml"), ...at])).code).toBe(0);
  expect((await loopstream(["import", ...rest])).code).toBe(0);
  const late = await loopstream(["backtest", ...rest]);
  expect([late.code, late.stderr]).toEqual([
    2,
    expect.stringMatching(
      /lines of flight-delays from 2013-01-01T\S+ on were imported before, and nothing was trained/,
    ),
  ]);
  const until = ["--until", "2013-01-04T12:00Z"];
  expect((await loopstream(given("trained", FLIGHTS, until))).code).toBe(0);
  const trained = await loopstream(["train", "--use-case", "flight-delays", "--json", "--dir", path("trained")]);
  expect(trained.code, trained.stderr).toBe(0);
  const behind = await loopstream(given("trained", FLIGHTS));
  expect([behind.code, behind.stderr]).toEqual([
    2,
    expect.stringContaining("and this history begins at 2013-01-04T12:00:00.000Z: no training would be due"),
  ]);
  const steps = await loopstream(["backtest", ...rest, "--step", "25m"]);
  expect([steps.code, steps.stderr]).toEqual([2, expect.stringContaining("--step 25m: write a whole part of an hour")]);
  const nothing = await loopstream(["backtest", "--decisions", decisions, "--json", "--dir", path("nowhere")]);
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("give either --use-case")]);
  expect(existsSync(path("nowhere"))).toBe(false);
});

test("a model climbs the ladder of its blueprint at event times, the same in two runs", MINUTES, async () => {
  // Labels come soon, so that a canary has some within days.
  const soon = `${FLIGHTS.replaceAll("36h", "6h").replace("freshRows: 20%", "freshRows: 50%")}
ladder: { shadow: 100, canary: [30%], decisions: 40, latency: 1m, giveUpAfter: 2d }
`;
  const until = ["--until", "2013-01-03T20:00Z"];
  const runs = [await loopstream(given("ladder", soon, until)), await loopstream(given("ladder-2", soon, until))];
  expect(found(runs[1]!)).toEqual(found(runs[0]!));
  const steps = runs.map(({ stderr }) => stderr.split("\n").filter((line) => / from \S+(?: 30%)? to /.test(line)));
  expect(steps[1]).toEqual(steps[0]);
  const first = /^2013-01-0\dT\d\d:00 {2}model (\S+), from shadow to canary 30%: /.exec(steps[0]![0]!);
  expect(steps[0]![1]).toContain(`model ${first![1]}, from canary 30% to production: `);
});
