import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../../blueprints/index.ts";
import { fileTables, type TableColumn, tableWriter } from "../../../../cli/files/index.ts";
import { recordsOf, type BadLine } from "../../../../loop/history/lines/history-step.ts";
import { readHistory } from "../../../../loop/history/lines/read-history.ts";
import type { HistoryColumns } from "../../../../loop/history/lines/records.ts";
import { timeZone } from "../../../../loop/history/times/time-zone.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";

const { path: dir, remove } = await newDir();
afterAll(remove);

const compiled = compileBlueprint(`
useCase: shop
decisionSpace: boolean
context: { price: number, zip: category, member: boolean, user: key }
events: { click: { fields: [amount] } }
features:
  - price
  - zip
  - member
  - clicks_1d: { count: true, of: click, by: user, in: 1d }
observations: { bought: boolean, page: category }
label: { name: sale, value: bought, wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
`);
const columns = { decisionId: "id", decisionTime: "at", observationTime: "at" };

interface Read {
  readonly decisions: readonly { id: string; unit: string; context: unknown; features: unknown }[];
  readonly outcomes: readonly unknown[];
  readonly bad: readonly BadLine[];
}

let files = 0;
function file(ending: string, text: string): string {
  const path = join(dir, `${files++}.${ending}`);
  writeFileSync(path, text);
  return path;
}

async function read(decisions: string, observations: string, more: Partial<HistoryColumns> = {}): Promise<Read> {
  const found = { decisions: [] as Read["decisions"][number][], outcomes: [] as unknown[], bad: [] as BadLine[] };
  for await (const step of readHistory(
    fileTables({ decisions, observations }),
    { ...columns, ...more },
    compiled.blueprint,
    {
      stepMs: 1e12,
    },
  )) {
    for (const { value } of recordsOf(step.requests)) {
      const { decisionId: id, unit, context } = value as { decisionId: string; unit: string; context: {} };
      found.decisions.push({ id, unit, context, features: compiled.fromContext(context).slice(0, 3) });
    }
    for (const { topic, value } of recordsOf(step.outcomes)) {
      found.outcomes.push(topic.name === "observations" ? (value as { values: unknown }).values : value);
    }
    found.bad.push(...step.bad);
  }
  return found;
}

const at = "2026-01-01T10:00:00Z";
const noDecisions = (): string => file("csv", "id,at\n");
const contexts = async (csv: string): Promise<Read> => read(file("csv", csv), noDecisions());

describe("a cell follows the type that its column is declared with:", () => {
  test("booleans in the usual spellings", async () => {
    const spelled = ["True", "False", "TRUE", "yes", "t", "1.0", "n", "off", "0"];
    const { decisions, bad } = await contexts(
      `id,at,member\n${spelled.map((word, i) => `d${i},${at},${word}`).join("\n")}\n`,
    );
    expect(bad).toEqual([]);
    expect(decisions.map(({ context }) => context)).toEqual(
      [true, false, true, true, true, true, false, false, false].map((member) => ({ member })),
    );
  });

  test("categories, keys and ids that look like numbers stay text", async () => {
    const { decisions } = await read(
      file("csv", `id,at,zip,user,who\n007,${at},0042,12E4,0099\n9007199254740993,${at},1.0,9007199254740995,1.10\n`),
      noDecisions(),
      { unit: "who" },
    );
    expect(decisions.map(({ id, unit, context }) => ({ id, unit, context }))).toEqual([
      { id: "007", unit: "0099", context: { zip: "0042", user: "12E4", who: "0099" } },
      { id: "9007199254740993", unit: "1.10", context: { zip: "1.0", user: "9007199254740995", who: "1.10" } },
    ]);
  });

  test.each([
    ["price", '"1,5"', '"1,5" is not a number: write digits with a point, like 1234.5'],
    ["price", "1_000", '"1_000" is not a number: write digits with a point, like 1234.5'],
    ["price", " 12 ", '" 12 " is not a number: write digits with a point, like 1234.5'],
    ["price", "0x1F", '"0x1F" is not a number: write digits with a point, like 1234.5'],
    ["price", "NaN", '"NaN" is not a number: write digits with a point, like 1234.5'],
    ["price", "True", '"True" is not a number: write digits with a point, like 1234.5'],
    ["member", "maybe", '"maybe" is not a boolean: write true or false'],
    ["member", "2", '"2" is not a boolean: write true or false'],
  ])("%s %s is a bad line with column and value, and the lines beside it are read", async (column, cell, problem) => {
    const { decisions, bad } = await contexts(`id,at,${column}\na,${at},\nb,${at},${cell}\nc,${at},1\n`);
    expect(decisions.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(bad.map(({ line, problem: said }) => [line, said])).toEqual([[3, `${column} ${problem}`]]);
  });

  test("what an observation declares, and fields of events; what nobody declared is kept as it is", async () => {
    const { outcomes, bad } = await read(
      noDecisions(),
      file(
        "csv",
        `id,at,kind,bought,amount,page,note\na,${at},click,True,5,007,0042\nb,${at},sale,no,,1.0,1e3\nc,${at},,maybe,,,\nd,${at},,,"1,5",,\n`,
      ),
    );
    expect(outcomes).toEqual([
      { kind: "click", bought: true, amount: 5, page: "007", note: "0042" },
      {
        kind: "click",
        attributes: { bought: true, amount: 5, page: "007", note: "0042" },
      },
      { kind: "sale", bought: false, page: "1.0", note: "1e3" },
      { kind: "sale", attributes: { bought: false, page: "1.0", note: "1e3" } },
    ]);
    expect(bad.map(({ line, problem }) => [line, problem])).toEqual([
      [4, 'bought "maybe" is not a boolean: write true or false'],
      [5, 'amount "1,5" is not a number: write digits with a point, like 1234.5'],
    ]);
  });
});

test("columns of decisions that nobody declared are entries of the context as the file has them, but for id, time and action", async () => {
  const csv = file("csv", `id,at,price,gate,done,odds,note\na,${at},5,0042,true,0.5,\n`);
  const { decisions, bad } = await read(csv, noDecisions(), { action: "done", propensity: "odds" });
  expect([decisions.map(({ context }) => context), bad]).toEqual([[{ price: 5, gate: "0042" }], []]);
});

test("the same values are the same from CSV, JSON lines and Parquet, and live", async () => {
  const csv = file(
    "csv",
    `id,at,price,zip,member,user\n1,${at},1.5,94110,True,7\n2,${at},3,0042,false,u\n3,${at},,,,\n`,
  );
  const jsonl = file(
    "jsonl",
    [
      { id: 1, at, price: 1.5, zip: 94110, member: true, user: 7 },
      { id: 2, at, price: "3.0", zip: "0042", member: 0, user: "u" },
      { id: 3, at, price: null, zip: "", member: null },
    ]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(""),
  );
  const parquet = join(dir, "same.parquet");
  const types: readonly TableColumn[] = [
    { name: "id", type: "double" },
    { name: "at", type: "timestamp" },
    { name: "price", type: "double" },
    { name: "zip", type: "string" },
    { name: "member", type: "boolean" },
    { name: "user", type: "string" },
  ];
  const writer = await tableWriter(parquet, "parquet", types);
  await writer.write({ id: 1, at, price: 1.5, zip: "94110", member: true, user: "7" });
  await writer.write({ id: 2, at, price: 3, zip: "0042", member: false, user: "u" });
  await writer.write({ id: 3, at });
  await writer.close();
  const [one, two, three] = await Promise.all([csv, jsonl, parquet].map((path) => read(path, noDecisions())));
  expect(one!.decisions).toEqual([
    {
      ...{ id: "1", unit: "1", context: { price: 1.5, zip: "94110", member: true, user: "7" } },
      features: [1.5, "94110", 1],
    },
    { id: "2", unit: "2", context: { price: 3, zip: "0042", member: false, user: "u" }, features: [3, "0042", 0] },
    { id: "3", unit: "3", context: {}, features: [null, null, null] },
  ]);
  expect(two).toEqual(one);
  expect(three).toEqual(one);
  for (const live of [
    { price: 1.5, zip: 94110, member: true },
    { price: "1.5", zip: "94110", member: "True" },
    { price: 1.5, zip: 94110, member: 1 },
  ]) {
    expect(compiled.fromContext(live).slice(0, 3)).toEqual([1.5, "94110", 1]);
  }
});

describe("the time of a line", () => {
  const times = [
    "2026-03-08 02:30:00",
    "2026-02-30T00:00:00Z",
    "03/04/2026 10:00",
    "flight 5",
    "20519",
    "1772964000",
    "1772964000000",
    "2026-03-08 02:30:00+00",
    "2026-03-08 02:30:00.123456+00:00",
    '"2026-03-08T02:30:00,5Z"',
    "2026-03-08 02:30:00 UTC",
    "05/11/2026",
    "1",
  ];
  const csv = (): string => file("csv", `id,at\n${times.map((time, i) => `d${i},${time}`).join("\n")}\n`);

  test("is never guessed", async () => {
    const { decisions, bad } = await read(csv(), noDecisions());
    expect(decisions.map(({ id }) => id)).toEqual(["d7", "d8", "d9", "d10"]);
    expect(bad.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8, 13, 14]);
    expect(bad[0]!.problem).toBe(
      'at "2026-03-08 02:30:00" names no time zone: end it with Z or an offset, or name the zone by --time-zone',
    );
  });

  test("is one where a flag names what it is in", async () => {
    const named = { times: { zone: timeZone("Europe/Prague")!, unit: "ms" as const } };
    const { decisions } = await read(csv(), noDecisions(), named);
    expect(decisions.map(({ id }) => id)).toEqual(["d0", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d12"]);
  });
});

describe("a Parquet file", () => {
  const exact = join(import.meta.dirname, "../../../fixtures/parquet/exact.parquet");
  const id = "wide";

  test("gives the instant of a time in UTC, and ids with all of their digits", async () => {
    const { decisions, bad } = await read(exact, noDecisions(), { decisionId: id, decisionTime: "there" });
    expect(decisions.map((one) => one.id)).toEqual(["12345678901234567890123"]);
    expect(bad.map(({ line, problem }) => [line, problem])).toEqual([
      [2, "there is empty"],
      [3, "wide is empty"],
    ]);
  });

  test.each(["local", "day"])(
    "has no instant for %s, which names no zone, unless a flag does",
    async (decisionTime) => {
      const { decisions, bad } = await read(exact, noDecisions(), { decisionId: id, decisionTime });
      expect([decisions, bad[0]!.problem]).toEqual([[], expect.stringMatching(/names no time zone/)]);
      const times = { zone: timeZone("Europe/Prague")! };
      const zoned = await read(exact, noDecisions(), { decisionId: id, decisionTime, times });
      expect(zoned.decisions.length).toBe(1);
    },
  );
});
