import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { windowAggregates } from "../../blueprints/windows/aggregates/index.ts";
import { flights, loopstream, temporaryDir, type Ran } from "../e2e/command.ts";
import { python, runPython } from "../python/venv.ts";

interface Window {
  readonly name: string;
  readonly aggregate: string;
  /** Absent: the delay. */
  readonly field?: "carrier";
  readonly event: "departure" | "arrival";
  readonly by: readonly string[];
  readonly hours: number;
  readonly open?: boolean;
  /** The same in a formula and in SQL, over the delay `v` and the carrier `w`. */
  readonly when?: string;
  readonly halfLifeHours?: number;
}

const origin = { event: "departure", by: ["origin"], hours: 3 } as const;
const route = { event: "departure", by: ["carrier", "origin"], hours: 3 } as const;
const dest = { event: "arrival", by: ["dest"], hours: 6 } as const;
const carrier = { event: "arrival", by: ["carrier"], hours: 3 } as const;
const plane = { event: "arrival", by: ["tailnum"], hours: 24 } as const;

const windows: readonly Window[] = [
  { name: "n_origin", aggregate: "count", ...origin },
  { name: "n_origin_1h", aggregate: "count", ...origin, hours: 1 },
  { name: "n_late", aggregate: "count", ...origin, when: "v > 60" },
  { name: "s_origin", aggregate: "sum", ...origin },
  { name: "var_origin", aggregate: "variance", ...origin },
  { name: "max_route", aggregate: "max", ...route },
  { name: "decayed_route", aggregate: "decayed", ...route, halfLifeHours: 0.75 },
  { name: "m_dest", aggregate: "mean", ...dest },
  { name: "min_dest", aggregate: "min", ...dest },
  { name: "s_dest_some", aggregate: "sum", ...dest, when: "v > 30 and v < 200" },
  { name: "sd_carrier", aggregate: "stddev", ...carrier },
  { name: "distinct_carrier", aggregate: "distinct", ...carrier },
  { name: "last_plane", aggregate: "last", ...plane, open: true },
  { name: "first_plane", aggregate: "first", ...plane },
  { name: "since_plane", aggregate: "since", ...plane, hours: 7 * 24 },
  { name: "top_carrier", aggregate: "top", field: "carrier", ...origin },
  { name: "top_late", aggregate: "top", field: "carrier", ...dest, when: "v > 30" },
  { name: "last_carrier", aggregate: "last", field: "carrier", ...origin },
  { name: "first_carrier", aggregate: "first", field: "carrier", ...dest, open: true },
  { name: "n_carriers", aggregate: "distinct", field: "carrier", ...origin },
  { name: "n_united", aggregate: "count", ...origin, when: "w == 'UA' and v > 0" },
  { name: "rate_all", aggregate: "rate", event: "departure", by: [], hours: 1 },
];

const formulaOf = (when: string): string =>
  when.replaceAll("v ", "delay_min ").replaceAll("w ", "carrier ").replaceAll("'", '"');

function featureOf({ name, aggregate, field, event, by, hours, open, when, halfLifeHours }: Window): string {
  const { of } = windowAggregates.get(aggregate);
  const keys = by.length === 0 ? "none" : `[${by.join(", ")}]`;
  const more = [
    ...(open === true ? ["open: true"] : []),
    ...(when === undefined ? [] : [`when: ${formulaOf(when)}`]),
    ...(halfLifeHours === undefined ? [] : [`halfLife: ${halfLifeHours * 60}m`]),
  ];
  const value = of === "field" ? (field ?? "delay_min") : "true";
  return `  - ${name}: { ${[`${aggregate}: ${value}`, `of: ${event}`, `by: ${keys}`, `in: ${hours}h`, ...more].join(", ")} }`;
}

const TEXT = `useCase: flight-windows
decisionSpace: boolean
context: { tailnum: key, origin: category, carrier: category, dest: category }
events:
  departure: { fields: { delay_min: number, carrier: category } }
  arrival: { fields: { delay_min: number, carrier: category } }
features:
${windows.map(featureOf).join("\n")}
  - share_late: { formula: n_late / n_origin }
observations: { delay_min: number }
label: { name: late, when: kind == "arrival", value: delay_min > 15, wait: 36h }
policy: { decide: late > 0.5 }
`;
const script = join(import.meta.dirname, "windows.py");

describe("windows over all departures and arrivals of the first quarter", () => {
  const dir = temporaryDir();
  const path = (name: string): string => join(dir.path, name);
  const run = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await loopstream([...args, "--dir", path("loop"), "--json"]);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    return ran;
  };
  beforeAll(async () => {
    await python();
    writeFileSync(path("flights.yaml"), TEXT);
    writeFileSync(path("windows.json"), JSON.stringify(windows));
    await run("blueprint", "publish", path("flights.yaml"));
    const files = ["--decisions", flights.decisions, "--observations", flights.observations];
    await run("import", "--use-case", "flight-windows", ...files);
    await run("decisions", "--use-case", "flight-windows", "--out", path("decisions.parquet"));
  });
  afterAll(() => dir.remove());

  test("every kind of window is tried", () => {
    expect(new Set(windows.map(({ aggregate }) => aggregate))).toEqual(new Set(windowAggregates.names()));
  });

  test("every decision has the values that DuckDB finds before its time", async () => {
    const files = [flights.decisions, flights.observations, path("windows.json"), path("decisions.parquet")];
    const found = (await runPython(script, files, 600_000)) as Record<string, Record<string, unknown>>;
    for (const { name } of windows)
      expect(found[name], name).toMatchObject({ first: [], compared: 80_789, different: 0 });
    const sum = (what: string): number => windows.reduce((all, { name }) => all + Number(found[name]![what]), 0);
    for (const what of ["missing", "values", "atTheDecision", "atTheStart"])
      expect(sum(what), what).toBeGreaterThan(1_000);
  });
});
