import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compareBlueprints, compileBlueprint, misfits, parseBlueprint } from "../../../blueprints/index.ts";
import { murmur3 } from "../../../blueprints/features/murmur3.ts";
import { problemsOf } from "../fixtures.ts";
import { featuresOf, withFeatures } from "./made.ts";

const CONTEXT =
  "x: number, city: category, plane: key, title: text, tags: list, taste: vector(3), seen: time, ok: boolean";

describe("a vector", () => {
  const features = featuresOf(CONTEXT, "taste", "more: { formula: taste_0 + taste_2 }");

  test("is a column a number, of an array and of the text of one", () => {
    const all = { taste_0: 0.5, taste_1: -1, taste_2: 2, more: 2.5 };
    expect(features({ taste: "[0.5, -1, 2e0]" })).toEqual(all);
    expect(features({ taste: [0.5, -1, "2"] })).toEqual(all);
  });

  test.each([undefined, null, "", "[1, 2]", "[1, 2, 3, 4]", "[1, null, 3]", "[1, NaN, 3]", "1, 2, 3", "{}", 7, true])(
    "of %j is missing as a whole",
    (taste) => {
      expect(features({ taste })).toEqual({ taste_0: null, taste_1: null, taste_2: null, more: null });
    },
  );

  test("is read once a decision, however many columns and features use it", () => {
    let reads = 0;
    const context = {
      get taste() {
        reads++;
        return "[1, 2, 3]";
      },
    };
    expect(features(context)["more"]).toBe(4);
    expect(reads).toBe(1);
  });
});

describe("a one-hot feature", () => {
  const features = featuresOf(
    CONTEXT,
    'c: { oneHot: city, values: [Rome, "New York", "New-York", "東京"] }',
    "t: { oneHot: tags, values: [a, b] }",
  );

  test("has a column a value, named after it where that is possible", () => {
    expect(features({ city: "New-York", tags: '["b","z","b"]' })).toEqual({
      c_Rome: 0,
      c_New_York: 0,
      c_v2: 1,
      c_v3: 0,
      t_a: 0,
      t_b: 1,
    });
  });

  test("is 0 of what is not declared and of an empty list, and missing of what is missing", () => {
    expect(Object.values(features({ city: "rome", tags: "[]" }))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(Object.values(features({ city: "", tags: "a" }))).toEqual([null, null, null, null, null, null]);
  });

  test("is a boolean in formulas", () => {
    const of = featuresOf(CONTEXT, "c: { oneHot: city, values: [Rome] }", "both: { formula: c_Rome and ok }");
    expect(of({ city: "Rome", ok: true })["both"]).toBe(1);
  });
});

describe("a hash", () => {
  test("is MurmurHash3 of UTF-8 bytes, by its published values", () => {
    const published = { "": 0, test: 0xba6bd213, "Hello, world!": 0xc0363e43 };
    for (const [text, hash] of Object.entries(published)) expect(murmur3(text) >>> 0, text).toBe(hash);
    expect(murmur3("The quick brown fox jumps over the lazy dog") >>> 0).toBe(0x2e4ff723);
  });

  test("counts the items of each slot", () => {
    const of = featuresOf(CONTEXT, "h: { hash: tags, slots: 8 }", "c: { hash: city, slots: 3 }");
    const found = of({ tags: '["test", "test", "Hello, world!"]', city: "test" });
    const expected: Record<string, number> = {};
    for (let at = 0; at < 8; at++) expected[`h_${at}`] = 0;
    for (let at = 0; at < 3; at++) expected[`c_${at}`] = 0;
    // The hashes as signed numbers.
    expected[`h_${Math.abs(0xba6bd213 - 2 ** 32) % 8}`]! += 2;
    expected[`h_${Math.abs(0xc0363e43 - 2 ** 32) % 8}`]! += 1;
    expected[`c_${Math.abs(0xba6bd213 - 2 ** 32) % 3}`]! += 1;
    expect(found).toEqual(expected);
    expect(new Set(Object.values(of({ tags: "[]" })))).toEqual(new Set([0, null]));
    expect(new Set(Object.values(of({})))).toEqual(new Set([null]));
  });
});

describe("parts of a time", () => {
  const PARTS = ["minute", "hour", "dayOfWeek", "weekend", "day", "dayOfYear", "week", "month", "quarter", "year"];
  const file = new URL("calendar-cases.json", import.meta.url);
  const cases = JSON.parse(readFileSync(file, "utf8")) as readonly (readonly [number, string, ...number[]])[];

  test.each([...new Set(cases.map(([, zone]) => zone))])(
    "in %s are Python's, of an entry and of the decision",
    (zone) => {
      const of = (at: string) =>
        featuresOf("seen: time", ...PARTS.map((part) => `${part}_: { calendar: ${part}, zone: ${zone}${at} }`));
      const [entry, own] = [of(", at: seen"), of("")];
      for (const [ms, , ...parts] of cases.filter(([, other]) => other === zone)) {
        expect(Object.values(own({}, ms)), String(ms)).toEqual(parts);
        if (ms >= 1e11) expect(Object.values(entry({ seen: new Date(ms).toISOString() })), String(ms)).toEqual(parts);
      }
    },
  );

  test("are missing where the time is, and where it names no instant", () => {
    const of = featuresOf(CONTEXT, "h: { calendar: hour, at: seen }");
    expect(of({ seen: "2026-03-08T02:30:00Z" })).toEqual({ h: 2 });
    expect(of({ seen: 1_772_937_000_000 })).toEqual({ h: 2 });
    for (const seen of [undefined, null, "", "2026-03-08T02:30:00", "2026-03-08", 1_772_937_000, "noon", true])
      expect(of({ seen }), String(seen)).toEqual({ h: null });
  });
});

describe("a cyclical number", () => {
  const of = featuresOf(
    CONTEXT,
    "hour: { calendar: hour, at: seen }",
    "h: { cyclical: hour, period: 24 }",
    "w: { cyclical: x, period: 7 }",
  );

  test("is a point on a circle", () => {
    const six = of({ seen: "2026-03-08T06:00:00Z", x: 8 });
    expect(six["h_sin"]).toBeCloseTo(1, 15);
    expect(six["h_cos"]).toBeCloseTo(0, 15);
    for (const x of [1, 8, -6, 7e12 + 1]) {
      const found = of({ x });
      expect(found["w_sin"]).toBeCloseTo(Math.sin((2 * Math.PI) / 7), 12);
      expect(found["w_cos"]).toBeCloseTo(Math.cos((2 * Math.PI) / 7), 12);
    }
    expect(of({})).toMatchObject({ h_sin: null, h_cos: null, w_sin: null, w_cos: null });
  });
});

describe("what is wrong is said", () => {
  test.each([
    ["a: { oneHot: x, values: [a] }", '"x" is a number (a is made of a category or a list)'],
    ["a: { oneHot: city, values: [] }", "expected 1 to 500 values, found 0"],
    [
      "a: { oneHot: city, values: [94110] }",
      'expected a text, found 94110 (a category is a text: write "94110" in quotes)',
    ],
    ["a: { oneHot: city, values: [x, x] }", '"x" twice'],
    ["a: { hash: city }", 'missing field "slots"'],
    ["a: { hash: taste, slots: 4 }", '"taste" is a vector(3)'],
    ["a: { hash: city, slots: 1 }", "expected a whole number from 2 to 1024, found 1"],
    ["a: { calendar: hours }", 'did you mean "hour"?'],
    ["a: { calendar: hour, at: x }", '"x" is a number (a is made of a time)'],
    [
      "a: { calendar: hour, zone: Europe/Pragu }",
      'there is no time zone "Europe/Pragu" (did you mean "Europe/Prague"?)',
    ],
    ['a: { calendar: hour, zone: "+02:00" }', "there is no time zone"],
    ["a: { cyclical: city, period: 2 }", '"city" is a category (a is made of a number)'],
    ["a: { cyclical: x, period: 0 }", "expected a number from 0.000001 to 1000000000000, found 0"],
    ["tags", '"tags" is a list, and no value of a column (make features of it with oneHot or hash)'],
    ["title", '"title" is a text, and no value of a column'],
    ["seen", '"seen" is a time, and no value of a column'],
    ["a: { formula: tags == null }", '"tags" is a list (make features of it with oneHot or hash)'],
    ["a: { formula: taste + 1 }", '"taste" is a vector(3) (put it among the features and use its columns)'],
    ["n: { count: true, of: seen, by: title, in: 1h }", '"title" is a text'],
  ])("%s: %s", (feature, what) => {
    const messages = problemsOf(withFeatures(CONTEXT, feature)).map(({ message }) => message);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(what);
  });

  test("a name with several columns can't be used as one, and no column may be there twice", () => {
    const said = (...features: readonly string[]) =>
      problemsOf(withFeatures("c_Rome: category, city: category, x: number", ...features)).map(
        ({ message }) => message,
      );
    expect(said("h: { hash: city, slots: 4 }", "a: { formula: h + 1 }")[0]).toContain(
      '"h" has 4 columns (name one of them, such as "h_0")',
    );
    expect(said("h: { hash: city, slots: 4 }", "h_3: { formula: x }")[0]).toContain('feature "h_3" twice');
    expect(said("c: { oneHot: city, values: [Rome] }")[0]).toContain('its column "c_Rome" is a context entry already');
  });

  test.each([
    ["v: vector", "expected vector(N)"],
    ["v: vector(0)", "expected 1 to 1024 numbers, found 0"],
    ["v: vector(2000)", "expected 1 to 1024 numbers, found 2000"],
    ["v: lists", 'did you mean "list"?'],
  ])("context %s: %s", (entry, what) => {
    expect(problemsOf(withFeatures(`x: number, ${entry}`, "x"))[0]!.message).toContain(what);
  });

  test("too many columns are refused", () => {
    const text = withFeatures(CONTEXT, "a: { hash: city, slots: 1024 }", "b: { hash: tags, slots: 1024 }");
    expect(problemsOf(text)[0]!.message).toContain("at most 2000 features, found 2048 up to here");
  });
});

test("a diff has a line an entry of the list, not a line a column", () => {
  const of = (...features: readonly string[]) => parseBlueprint(withFeatures(CONTEXT, ...features));
  const changes = compareBlueprints(
    of("taste", "h: { hash: tags, slots: 4 }"),
    of("taste", "h: { hash: tags, slots: 8 }"),
  );
  expect(changes.map(({ text }) => text)).toEqual(["features.h: hash of tags in 4 slots → hash of tags in 8 slots"]);
});

test("entries that features are made of count as found, and values that do not fit are told", () => {
  const { declared, fromContext, fromFeatures } = compileBlueprint(withFeatures(CONTEXT, "x", "taste"));
  const context = { x: 1, taste: "[1]", title: "t" };
  const fit = { found: 0, doubtful: false };
  fromFeatures!(fromContext(context, fit), context, 0, fit);
  expect(fit).toEqual({ found: 2, doubtful: true });
  expect(declared.besidesFeatures.map(({ name }) => name)).not.toContain("taste");
  expect(misfits(declared.context, context)).toEqual([{ name: "taste", problem: "unusable" }]);
});
