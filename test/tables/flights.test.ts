import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flights, succeeding, temporaryDir } from "../e2e/command.ts";
import { python, runPython } from "../python/venv.ts";

const TEXT = `useCase: flight-tables
decisionSpace: boolean
context: { tailnum: key, origin: category, carrier: category }
tables:
  planes: { key: tailnum, fields: { seats: number, engines: number, manufacturer: category } }
  makers: { key: maker, fields: { letters: number } }
  routes: { key: [carrier, origin], fields: { flights: number } }
features:
  - origin
  - backwards: { table: routes, field: flights, by: [origin, carrier] }
  - flights: { table: routes, field: flights, by: [carrier, origin] }
  - seats: { table: planes, field: seats, by: tailnum }
  - engines: { table: planes, field: engines, by: tailnum }
  - manufacturer: { table: planes, field: manufacturer, by: tailnum }
  - letters: { table: makers, field: letters, by: manufacturer }
events: { arrival: { fields: [delay_min] } }
label: { name: late, value: delay_min > 15, wait: 36h }
policy: { decide: late > 0.5 }
`;
const script = join(import.meta.dirname, "as_of.py");

describe("the aircraft of all flights of the first quarter as a reference table", () => {
  const dir = temporaryDir();
  const path = (name: string): string => join(dir.path, name);
  const run = succeeding(["--dir", path("loop")]);
  beforeAll(async () => {
    await python();
    await runPython(script, ["make", flights.decisions, dir.path], 300_000);
    writeFileSync(path("flights.yaml"), TEXT);
    await run("blueprint", "publish", path("flights.yaml"));
    await run("tables", "import", "planes", path("planes.csv"), "--from", "1970-01-01");
    await run("tables", "import", "planes", path("changes.csv"), "--from-column", "since");
    await run("tables", "import", "makers", path("makers.csv"), "--from", "1970-01-01");
    await run("tables", "import", "routes", path("routes.csv"), "--from", "1970-01-01");
    const [, ...deleted] = readFileSync(path("deleted.csv"), "utf8").trim().split("\n");
    for (const tailnum of deleted) await run("tables", "delete", "planes", tailnum, "--from", "2013-03-10");
    await run("import", "--use-case", "flight-tables", "--decisions", flights.decisions);
  }, 900_000);
  afterAll(() => dir.remove());

  test("every decision has the values that DuckDB finds as of its time", { timeout: 600_000 }, async () => {
    await run("decisions", "--use-case", "flight-tables", "--out", path("decisions.parquet"));
    const found = (await runPython(script, ["check", flights.decisions, dir.path], 300_000)) as Record<string, number>;
    expect(found).toMatchObject({ first: [], asked: 80_789, compared: 80_789, different: 0 });
    for (const name of ["ties", "changed", "noKey", "missing", "letters"]) expect(found[name], name).toBeGreaterThan(0);
  });

  test("rows that change later leave every decision as it was made", { timeout: 600_000 }, async () => {
    await run("tables", "put", "planes", "N14228", "seats=1", "manufacturer=other");
    const audited = await run("audit", "--use-case", "flight-tables", "--sample", "5%");
    expect(audited.json).toMatchObject({ differing: 0, differences: [] });
    expect(audited.json["recomputed"]).toBeGreaterThan(3_000);
  });
});
