import { expect, test } from "vitest";
import { KnownRows } from "../../../blueprints/tables/known-rows.ts";
import { packedValue } from "../../../blueprints/tables/row-values.ts";
import {
  OLDER,
  versionAsOf,
  withVersion,
  type PackedValues,
  type RowsOf,
  type RowVersions,
} from "../../../blueprints/tables/row-versions.ts";
import { seeded } from "../../../bench/soak/random.ts";

const NAME = Buffer.from("n");
const numberIn = (values: PackedValues | undefined) =>
  values === undefined ? "none" : (packedValue(values, NAME) ?? null);

/** A table in memory, whose state is another object after each change, as the content of the topic has it. */
function table() {
  const content = new Map<string, RowVersions>();
  let state: object | undefined;
  let lookUps = 0;
  const rows: RowsOf = Object.assign(
    (_: string, key: string) => {
      lookUps++;
      return content.get(key);
    },
    { stateOf: () => state },
  );
  let offset = 0;
  return {
    rows,
    content,
    lookUps: () => lookUps,
    put(key: string, validFrom: number, n: number | null | undefined) {
      const values = typeof n === "number" ? { n } : n;
      const after = withVersion(content.get(key), { validFrom, offset: offset++, partition: 0, values });
      if (after === OLDER) throw new Error("a newer record is there");
      content.set(key, after);
      state = {};
    },
  };
}

test("a row is looked up once while its table stays the same, and made once while the row does", () => {
  const { rows, put, lookUps } = table();
  let made = 0;
  const known = new KnownRows("t", 1, (values) => {
    made++;
    return numberIn(values);
  });
  put("a", 10, 1);
  for (let time = 11; time < 20; time++) expect(known.at(rows, "a", time)).toBe(1);
  expect([lookUps(), made]).toEqual([1, 1]);
  put("b", 10, 2);
  expect(known.at(rows, "a", 20)).toBe(1);
  expect([lookUps(), made]).toEqual([2, 1]);
  put("a", 15, 3);
  expect([known.at(rows, "a", 15), known.at(rows, "a", 16)]).toEqual([1, 3]);
});

test("rows of a table without a state are looked up each time", () => {
  const { rows, put, content } = table();
  const plain: RowsOf = (name, key) => rows(name, key);
  const known = new KnownRows("t", 1, numberIn);
  put("a", 10, 1);
  expect(known.at(plain, "a", 11)).toBe(1);
  content.delete("a");
  expect(known.at(plain, "a", 11)).toBe("none");
});

test("as of any time, values are those of the row's versions, whatever was asked and changed before", () => {
  const random = seeded(11);
  const below = (most: number): number => Math.floor(random() * most);
  const [one, other] = [table(), table()];
  const known = new KnownRows("t", 1, numberIn);
  let missing = 0;
  for (let step = 0; step < 20_000; step++) {
    const of = random() < 0.5 ? one : other;
    const key = `k${below(5)}`;
    if (random() < 0.1) {
      const n = random() < 0.2 ? null : random() < 0.2 ? undefined : below(1_000);
      of.put(key, below(30), n);
      continue;
    }
    const time = below(32);
    const row = of.content.get(key);
    const expected = (row === undefined ? undefined : versionAsOf(row, time))?.values?.["n"] ?? "none";
    if (expected === "none") missing++;
    expect(known.at(of.rows, key, time)).toBe(expected);
  }
  expect(missing).toBeGreaterThan(100);
});

test("everything is forgotten once there is too much of it", () => {
  const { rows, put } = table();
  const known = new KnownRows("t", 100_000, numberIn);
  for (let n = 0; n < 30; n++) put(`k${n}`, 10, n);
  for (let round = 0; round < 2; round++) for (let n = 0; n < 30; n++) expect(known.at(rows, `k${n}`, 11)).toBe(n);
});
