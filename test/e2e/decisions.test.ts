import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readTable } from "../../cli/files/index.ts";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
const where = ["--dir", join(dir.path, "log"), "--partitions", "2"];
afterAll(() => dir.remove());

const shop = (features: string): string => `
useCase: shop
decisionSpace: { actions: [red, green] }
context: { price: number, zip: category, member: boolean }
features: [${features}]
label: { name: sale, value: amount > 5, wait: 1h }
observations: { amount: number }
policy: { decide: '"red"' }
training: { schedule: none, freshRows: none, minRows: 1000000 }
`;

function file(name: string, text: string): string {
  const path = join(dir.path, name);
  writeFileSync(path, text);
  return path;
}

async function publish(name: string, features: string): Promise<string> {
  const { json } = await loopstream(["blueprint", "publish", file(name, shop(features)), ...where, "--json"]);
  return json["version"] as string;
}

async function exported(ending: string, ...more: readonly string[]) {
  const path = join(dir.path, `decisions.${ending}`);
  const ran = await loopstream(["decisions", "--use-case", "shop", "--out", path, ...more, ...where]);
  const rows: Readonly<Record<string, unknown>>[] = [];
  for await (const row of readTable(path)) if ("values" in row) rows.push(row.values);
  return { ...ran, rows };
}

test(
  "decisions are exported with their features by name, labelled or not, and a feature that a version lacks is null and told",
  { timeout: 900_000 },
  async () => {
    const first = await publish("v1.yaml", "zip, price");
    const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
    const lines = Array.from({ length: 10 }, (_, i) => `d${9 - i},${at(9 - i)},${i * 1.5},00${i},${i % 2 === 0}`);
    const decisions = file(
      "decisions.csv",
      ["decision_id,decision_ts,price,zip,member", ...lines.toReversed()].join("\n"),
    );
    // Nine have no observation, and so no label.
    const observations = file("observations.csv", `decision_id,event_ts,amount\nd3,${at(30)},9\n`);
    const files = ["--decisions", decisions, "--observations", observations];
    expect((await loopstream(["import", "--use-case", "shop", ...files, ...where])).code).toBe(0);
    const second = await publish("v2.yaml", "price, member, zip");
    const ask = ["decide", "--use-case", "shop", "--unit", "u", "--id", "live", "price=7", "member=true"];
    expect((await loopstream([...ask, ...where])).code).toBe(0);

    const parquet = await exported("parquet");
    expect([parquet.code, parquet.stdout]).toEqual([0, expect.stringContaining("11 decisions in ")]);
    expect(parquet.stderr).toBe(`loopstream: 10 decisions of version ${first}: no member there, or of another type\n`);
    expect(parquet.rows.map((row) => row["decisionId"])).toEqual(
      [..."0123456789"].map((id) => `d${id}`).concat("live"),
    );
    expect(parquet.rows[3]).toMatchObject({
      ...{ blueprintVersion: first, unit: "d3", modelId: null, mode: "loggingOnly", reason: "noModel", value: null },
      ...{ price: 9, zip: "006", member: null, prediction_sale: null, deferred: false, repeatOf: null },
      ...{ actions: '["red","green"]' },
    });
    expect(new Date(parquet.rows[3]!["decisionTime"] as string).toISOString()).toBe(at(3));
    expect(parquet.rows[10]).toMatchObject({ blueprintVersion: second, unit: "u", price: 7, zip: null, member: true });

    // The columns of the former version, and a stretch of time.
    const former = await exported("csv", "--blueprint", first, "--from", at(8), "--to", at(9), "--format", "csv");
    expect([former.code, former.stderr]).toEqual([0, ""]);
    expect(former.rows).toEqual([expect.objectContaining({ decisionId: "d8", zip: "001", price: "1.5" })]);
    expect(Object.keys(former.rows[0]!)).toEqual(
      [
        "decisionId unit blueprintVersion modelId mode reason decisionTime value propensity zip price",
        "prediction_sale deferred repeatOf actions distribution proposed",
      ].flatMap((names) => names.split(" ")),
    );

    const wrong = await loopstream(["decisions", "--use-case", "shp", ...where, "--json"]);
    expect([wrong.code, wrong.json]).toEqual([2, expect.objectContaining({ code: "UNKNOWN_USE_CASE" })]);
  },
);
