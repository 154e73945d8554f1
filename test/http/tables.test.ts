import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { httpLoop, type HttpLoop } from "./http-loop.ts";

const MINUTE = 60_000;
const now = Date.now();

const FEATURES = ["regular", "seats", "floor"];

let at: HttpLoop;
beforeAll(async () => {
  at = await httpLoop({}, BLUEPRINT);
});
afterAll(() => at?.[Symbol.asyncDispose]());

const BLUEPRINT = `
useCase: tips
decisionSpace: boolean
context: { guest: key, house: key }
tables:
  guests: { key: name, fields: { regular: boolean, seats: number, city: category } }
  rooms: { key: [house, guest], fields: { floor: number } }
  small: { key: name, fields: { n: number }, maxRows: 2 }
  tastes: { key: name, fields: { v: vector(2), note: text } }
features:
  - regular: { table: guests, field: regular, by: guest }
  - seats: { table: guests, field: seats, by: guest }
  - floor: { table: rooms, field: floor, by: [house, guest] }
observations: { amount: number }
label: { name: tip, value: amount, aggregate: sum, wait: 10m, default: 0 }
model: { objective: regression }
policy: { decide: tip > 1 }
`;
const put = (table: string, row: unknown) => at.post(`/v1/tables/${table}/rows`, row);
const known = (table: string, key: string, more = ""): Promise<unknown> =>
  at.get(`/v1/tables/${table}/rows?key=${key}${more}`).then(({ body }) => body);

test("a row that was written over HTTP is what a decision sees from its time on, and a deletion is a version", async () => {
  const [first, second, gone] = [now - 40 * MINUTE, now - 30 * MINUTE, now - 15 * MINUTE];
  expect(await put("guests", { key: "anna", values: { regular: true, seats: 2 }, validFrom: first })).toMatchObject({
    status: 200,
    body: { key: ["anna"], validFrom: first },
  });
  await put("guests", { key: ["anna"], values: { regular: "false", seats: "3" }, validFrom: second });
  await put("guests", { key: "anna", values: null, validFrom: gone });
  await put("rooms", { key: ["h/1", "anna"], values: { floor: 7 }, validFrom: first });
  await at.loop.idle();
  expect(await known("guests", "anna", `&asOf=${second}`)).toEqual({
    ...{ table: "guests", key: ["anna"], values: { regular: true, seats: 2 } },
    ...{ validFrom: first, versions: [gone, second, first] },
  });
  expect(await known("guests", "anna", `&asOf=${second + 1}`)).toMatchObject({ values: { regular: false, seats: 3 } });
  expect(await known("guests", "anna")).toMatchObject({ values: null, validFrom: gone });
  expect(await known("rooms", "h%2F1&key=anna")).toMatchObject({ key: ["h/1", "anna"], values: { floor: 7 } });
  expect(await known("guests", "nobody")).toMatchObject({ values: null, validFrom: null, versions: [] });
  for (const [decisionId, ago] of [
    ["early", 35],
    ["late", 20],
    ["last", 12],
  ] as const) {
    const asked = { useCase: "tips", unit: "u", decisionId, context: { guest: "anna", house: "h/1" } };
    await at.post("/v1/decisions", { ...asked, time: now - ago * MINUTE, timeoutMs: 20_000 });
  }
  await at.loop.idle();
  const features: Record<string, unknown> = {};
  for await (const row of at.loop.rows("tips")) features[String(row["decisionId"])] = FEATURES.map((name) => row[name]);
  expect(features).toEqual({ early: [1, 2, 7], late: [0, 3, 7], last: [null, null, 7] });
});

test("a vector is an array, or its text; one that does not fit its field is refused", async () => {
  for (const [key, v] of [
    ["array", [0.5, 2]],
    ["text", "[0.5, 2]"],
  ] as const) {
    expect(await put("tastes", { key, values: { v, note: "salt & pepper" } })).toMatchObject({ status: 200 });
    await eventually(async () =>
      expect(await known("tastes", key)).toMatchObject({ values: { v: "[0.5,2]", note: "salt & pepper" } }),
    );
  }
  for (const values of [{ v: [1] }, { v: [1, "x"] }, { v: [1, [2]] }, { note: ["a"] }, { v: { x: 1 } }])
    expect(await put("tastes", { key: "bad", values })).toMatchObject({ status: 400 });
});

test("without a time a row is valid from its arrival, and the package writes and reads the same", async () => {
  const { validFrom } = await at.loop.tables.put({ table: "guests", key: ["bob"], values: { city: "Brno" } });
  expect(Math.abs(validFrom - Date.now())).toBeLessThan(MINUTE);
  await eventually(async () =>
    expect(await at.loop.tables.get("guests", ["bob"])).toEqual({
      ...{ table: "guests", key: ["bob"], values: { city: "Brno" } },
      ...{ validFrom, versions: [validFrom] },
    }),
  );
  expect(await known("guests", "bob")).toMatchObject({ validFrom });
});

test("several rows have results of their own; the same ones again are the same versions", async () => {
  const rows = [
    { key: "c", values: { seats: 1 }, validFrom: 5 },
    { key: "d", values: { seats: "many" }, validFrom: 5 },
    { key: "e", values: { seets: 1 }, validFrom: 5 },
  ];
  for (let again = 0; again < 2; again++) {
    const { body } = await at.post("/v1/tables/guests/rows/bulk", { rows });
    expect(body).toMatchObject({
      results: [
        { status: 200, key: ["c"], validFrom: 5 },
        {
          status: 400,
          problem: { code: "BAD_ROW", detail: expect.stringContaining("seats of table guests") as string },
        },
        { status: 400, problem: { code: "UNDECLARED", detail: expect.stringContaining('"seets"') as string } },
      ],
    });
  }
  await at.loop.idle();
  expect(await known("guests", "c")).toMatchObject({ values: { seats: 1 }, versions: [5] });
});

const stating = (text: string): string => expect.stringContaining(text) as string;

test("what no blueprint declares is refused with its place, and nothing is stored", async () => {
  const row = { key: "anna", values: { seats: 1 } };
  for (const [table, wrong, problem] of [
    ["gests", row, { code: "UNDECLARED", detail: 'no blueprint declares a table "gests": did you mean "guests"?' }],
    ["guests", { ...row, key: ["a", "b"] }, { code: "BAD_ROW" }],
    ["rooms", { ...row, key: "a" }, { code: "BAD_ROW" }],
    ["guests", { ...row, key: "" }, { code: "BAD_REQUEST", field: "key" }],
    ["guests", { ...row, values: { seats: { n: 1 } } }, { code: "BAD_REQUEST", field: "values.seats" }],
    ["guests", { ...row, values: { seats: [1] } }, { code: "BAD_ROW", detail: stating("seats of table guests") }],
    ["guests", { key: "anna" }, { code: "BAD_REQUEST", field: "values" }],
    ["guests", { ...row, validFrom: 1e15 }, { code: "BAD_TIME" }],
  ] as const) {
    const answer = await put(table, wrong);
    expect(answer, `${table} ${JSON.stringify(wrong)}`).toMatchObject({ status: 400, body: problem });
  }
  expect(await at.get("/v1/tables/gests/rows?key=a")).toMatchObject({ status: 400, body: { code: "UNDECLARED" } });
  expect(await at.get("/v1/tables/guests/rows")).toMatchObject({ status: 400, body: { field: "key" } });
});

test("a table that is full refuses a row, as the loop would, and takes what needs no room", async () => {
  for (const key of ["a", "b"]) await put("small", { key, values: { n: 1 }, validFrom: 1 });
  await at.loop.idle();
  const full = await put("small", { key: "c", values: { n: 1 }, validFrom: 1 });
  expect(full).toMatchObject({ status: 409, body: { code: "TABLE_FULL" } });
  expect(await put("small", { key: "a", values: { n: 2 }, validFrom: 1 })).toMatchObject({ status: 200 });
  await at.loop.idle();
  expect(await known("small", "a")).toMatchObject({ values: { n: 2 }, versions: [1] });
  expect(await known("small", "c")).toMatchObject({ validFrom: null });
  expect((await at.get("/metrics")).body).not.toContain('code="TABLE_FULL"');
});

test("a process that works beside the loop's reads the topic", async () => {
  const { openLoopstream } = await import("../../loop/embed/index.ts");
  await using beside = await openLoopstream({ dir: at.dir, run: false });
  const { validFrom } = await beside.tables.put({ table: "guests", key: ["zoe"], values: { seats: 9 } });
  expect(await beside.tables.get("guests", ["zoe"])).toMatchObject({ values: { seats: 9 }, validFrom });
  await expect(beside.tables.put({ table: "guests", key: ["zoe"], values: { seats: {} } })).rejects.toMatchObject({
    code: "BAD_ROW",
  });
});
