import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tableWriter, type TableColumn } from "../../cli/files/index.ts";
import { decisions } from "../../schemas/index.ts";
import { createEmbeddedBackbone, readTopic, Serdes } from "../../streams/index.ts";
import { loopstream, temporaryDir } from "./command.ts";

const BLUEPRINT = `
useCase: shop
decisionSpace: boolean
context: { price: number, zip: category, member: boolean, user: key }
events: { click: { fields: [amount] } }
features:
  - price
  - zip
  - member
  - clicks_1d: { count: true, of: click, by: user, in: 1d }
  - amount_1d: { sum: amount, of: click, by: user, in: 1d }
observations: { bought: boolean }
label: { name: sale, value: bought, wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
join: { ttl: 2h }
training: { minRows: 10, schedule: none, freshRows: none }
`;
const dir = temporaryDir();
afterAll(() => dir.remove());
const file = (name: string, text: string): string => {
  writeFileSync(join(dir.path, name), text);
  return join(dir.path, name);
};
const blueprint = file("shop.yaml", BLUEPRINT);

/** The features and labels of the rows that an import makes, and its exit code and summary. */
async function imported(name: string, zone: string, files: readonly [string, string], more: readonly string[] = []) {
  const at = ["--dir", join(dir.path, name), "--partitions", "2"];
  await loopstream(["blueprint", "publish", blueprint, ...at]);
  const [decided, observed] = files;
  const history = ["--decisions", decided, "--observations", observed, ...more];
  const ran = await loopstream(["import", "--use-case", "shop", ...history, ...at], { zone });
  const rows = await loopstream(["rows", "--use-case", "shop", "--format", "jsonl", ...at], { zone });
  const made = rows.stdout
    .trimEnd()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .map(({ decisionId, unit, decisionTime, price, zip, member, clicks_1d, amount_1d, label, labelTime }) => ({
      ...{ decisionId, unit, decisionTime, price, zip, member, clicks_1d, amount_1d, label, labelTime },
    }));
  return { code: ran.code, said: ran.stdout, rows: made };
}

const noon = "2026-01-15T12:00:00.000Z";
const row = (minute: number, more: Record<string, unknown>) => ({
  decisionTime: noon.replace("12:00", `12:0${minute}`),
  labelTime: noon.replace("12:00", `12:0${minute}`).replace("00.000", "30.000"),
  ...more,
});
/** What each of the histories below says, in whatever form. */
const EXPECTED = [
  row(0, {
    decisionId: "007",
    unit: "007",
    price: 1.5,
    zip: "0042",
    member: true,
    clicks_1d: 0,
    amount_1d: null,
    label: 1,
  }),
  row(1, { decisionId: "7", unit: "7", price: 3, zip: "94110", member: false, clicks_1d: 1, amount_1d: 2.5, label: 0 }),
  row(2, {
    decisionId: "9007199254740993",
    unit: "9007199254740993",
    price: 120_000,
    zip: "12E4",
    member: true,
    clicks_1d: 2,
    amount_1d: 3.5,
    label: 1,
  }),
  row(3, { decisionId: "x", unit: "x", price: null, zip: null, member: null, clicks_1d: 0, amount_1d: null, label: 0 }),
];
const strip = (rows: readonly Record<string, unknown>[]) => rows.map((each) => ({ ...each }));

const csv = (time: (minute: number, second: number) => string): readonly [string, string] => {
  const name = `${time(0, 0).length}`;
  return [
    file(
      `d${name}.csv`,
      `decision_id,decision_ts,price,zip,member,user
007,${time(0, 0)},1.5,0042,True,0099
7,${time(1, 0)},3,94110,no,0099
9007199254740993,${time(2, 0)},12E4,12E4,1.0,0099
x,${time(3, 0)},,,,99
`,
    ),
    file(
      `o${name}.csv`,
      `decision_id,event_ts,kind,bought,amount
007,${time(0, 30)},click,TRUE,2.5
7,${time(1, 30)},click,off,yes
9007199254740993,${time(2, 30)},,t,
x,${time(3, 30)},,0,
`,
    ),
  ];
};
const iso = (minute: number, second: number): string => `2026-01-15T12:0${minute}:${String(second).padStart(2, "0")}Z`;
const seconds = (minute: number, second: number): number => Date.parse(iso(minute, second)) / 1_000;

const jsonl = (time: (minute: number, second: number) => string | number): readonly [string, string] => {
  const lines = (rows: readonly object[]): string => rows.map((each) => `${JSON.stringify(each)}\n`).join("");
  const name = typeof time(0, 0);
  return [
    file(
      `d-${name}.jsonl`,
      lines([
        { decision_id: "007", decision_ts: time(0, 0), price: 1.5, zip: "0042", member: true, user: "0099" },
        { decision_id: 7, decision_ts: time(1, 0), price: "3", zip: 94110, member: 0, user: "0099" },
        { decision_id: "BIG", decision_ts: time(2, 0), price: 12e4, zip: "12E4", member: "yes", user: "0099" },
        { decision_id: "x", decision_ts: time(3, 0), price: null, user: 99 },
      ]).replace('"BIG"', "9007199254740993"),
    ),
    file(
      `o-${name}.jsonl`,
      lines([
        { decision_id: "007", event_ts: time(0, 30), kind: "click", bought: true, amount: "2.5" },
        { decision_id: 7, event_ts: time(1, 30), kind: "click", bought: "f", amount: true },
        { decision_id: "BIG", event_ts: time(2, 30), bought: 1 },
        { decision_id: "x", event_ts: time(3, 30), bought: false },
      ]).replace('"BIG"', "9007199254740993"),
    ),
  ];
};

async function parquet(): Promise<readonly [string, string]> {
  const table = async (name: string, types: Record<string, TableColumn["type"]>, rows: readonly object[]) => {
    const path = join(dir.path, name);
    const columns = Object.entries(types).map(([column, type]) => ({ name: column, type }));
    const writer = await tableWriter(path, "parquet", columns);
    for (const each of rows) await writer.write(each as Record<string, unknown>);
    await writer.close();
    return path;
  };
  const decided = {
    decision_id: "string",
    decision_ts: "timestamp",
    price: "double",
    zip: "string",
    member: "boolean",
    user: "string",
  } as const;
  const observed = {
    decision_id: "string",
    event_ts: "timestamp",
    kind: "string",
    bought: "boolean",
    amount: "double",
  } as const;
  return [
    await table("d.parquet", decided, [
      { decision_id: "007", decision_ts: iso(0, 0), price: 1.5, zip: "0042", member: true, user: "0099" },
      { decision_id: "7", decision_ts: iso(1, 0), price: 3, zip: "94110", member: false, user: "0099" },
      {
        decision_id: "9007199254740993",
        decision_ts: iso(2, 0),
        price: 120_000,
        zip: "12E4",
        member: true,
        user: "0099",
      },
      { decision_id: "x", decision_ts: iso(3, 0), user: "99" },
    ]),
    await table("o.parquet", observed, [
      { decision_id: "007", event_ts: iso(0, 30), kind: "click", bought: true, amount: 2.5 },
      { decision_id: "7", event_ts: iso(1, 30), kind: "click", bought: false, amount: 1 },
      { decision_id: "9007199254740993", event_ts: iso(2, 30), bought: true },
      { decision_id: "x", event_ts: iso(3, 30), bought: false },
    ]),
  ];
}

test("the same history is the same rows from CSV, JSON lines and Parquet", { timeout: 900_000 }, async () => {
  for (const [name, files] of [
    ["csv", csv(iso)],
    ["jsonl", jsonl(iso)],
    ["parquet", await parquet()],
  ] as const) {
    const { code, said, rows } = await imported(name, "UTC", files);
    expect([name, code, said]).toEqual([name, 0, expect.any(String)]);
    expect(strip(rows)).toEqual(EXPECTED);
  }
});

test("and from times in another zone or unit, on a machine of any zone", { timeout: 900_000 }, async () => {
  const prague = (minute: number, second: number): string => iso(minute, second).replace("T12", " 13").replace("Z", "");
  const zoned = await imported("zoned", "America/New_York", csv(prague), ["--time-zone", "Europe/Prague"]);
  expect([zoned.code, zoned.rows]).toEqual([0, EXPECTED]);
  const epochs = await imported("epochs", "Asia/Tokyo", jsonl(seconds), ["--time-unit", "s"]);
  expect([epochs.code, epochs.rows]).toEqual([0, EXPECTED]);
  const unsaid = await imported("unsaid", "Asia/Tokyo", csv(prague));
  expect([unsaid.code, unsaid.rows]).toEqual([4, []]);
  expect(unsaid.said).toContain('decision_ts "2026-01-15 13:00:00" names no time zone');
});

test("a live request's values are what the import makes of them", { timeout: 900_000 }, async () => {
  const at = ["--dir", join(dir.path, "live")];
  await loopstream(["blueprint", "publish", blueprint, ...at]);
  const asked = [
    ["price=3", "zip=94110", "member=true"],
    ['price="3"', 'zip="94110"', "member=1"],
    ["price=3.0", "zip=94110", "member=Yes"],
    ["price=12E4", "zip=0042", "member=off"],
  ];
  for (const [index, values] of asked.entries()) {
    const { code, stderr } = await loopstream([
      "decide",
      "--use-case",
      "shop",
      "--unit",
      "u",
      "--id",
      `d${index}`,
      ...at,
      ...values,
    ]);
    expect(code, stderr).toBe(0);
  }
  const backbone = await createEmbeddedBackbone({ dir: join(dir.path, "live") });
  const made = new Map<string, unknown>();
  for await (const { key, value } of readTopic(backbone, new Serdes(backbone.registry), decisions)) {
    made.set(key, value.features.slice(0, 3));
  }
  await backbone.close();
  expect(asked.map((_, index) => made.get(`d${index}`))).toEqual([
    [3, "94110", 1],
    [3, "94110", 1],
    [3, "94110", 1],
    [120_000, "0042", 0],
  ]);
});
