import { describe, expect, test } from "vitest";
import { canTrainOn, compareBlueprints, compileBlueprint, parseBlueprint } from "../../../blueprints/index.ts";
import { problemsOf } from "../fixtures.ts";
import { featuresOf, withFeatures } from "./made.ts";

const CONTEXT = "x: number, y: number, ok: boolean, city: category, plane: key";

describe("a formula", () => {
  const features = featuresOf(
    CONTEXT,
    "x",
    "sum: { formula: x + y }",
    "twice: { formula: sum * 2 }",
    `place: { formula: 'if(ok, city, "none")' }`,
    "above: { formula: twice > 5 and ok }",
    "mend: { formula: 'if(x == null, 0 - 1, x)' }",
    "hour: { formula: floor(decisionTime / 3600000) % 24 }",
    "none: { formula: -x }",
  );

  test("is made of features above it, of entries that are none, and of the decision's time", () => {
    const time = Date.UTC(2026, 2, 8, 17, 30);
    const given = { x: 1.5, y: "2", ok: true, city: "Rome" };
    expect(features(given, time)).toEqual({
      x: 1.5,
      sum: 3.5,
      twice: 7,
      place: "Rome",
      above: 1,
      mend: 1.5,
      hour: 17,
      none: -1.5,
    });
  });

  test("is missing where a part is, and where the result is no finite number or an empty text", () => {
    expect(features({ y: 1, ok: false })).toEqual({
      x: null,
      sum: null,
      twice: null,
      place: "none",
      above: 0,
      mend: -1,
      hour: 0,
      none: null,
    });
    const odd = featuresOf(CONTEXT, "by: { formula: x / y }", "log: { formula: log(x) }", "huge: { formula: x * x }");
    expect(odd({ x: 0, y: 0 })).toEqual({ by: null, log: null, huge: 0 });
    expect(odd({ x: 1e200, y: 1e-200 })).toEqual({ by: null, log: Math.log(1e200), huge: null });
    expect(featuresOf(CONTEXT, `empty: { formula: 'if(ok, "", city)' }`)({ ok: true })).toEqual({ empty: null });
  });

  test("knows one zero", () => {
    expect(Object.is(features({ x: 0, y: 1 })["none"], 0)).toBe(true);
  });

  test("reads an entry by its declared type, and never a name of the prototype", () => {
    const of = featuresOf("constructor: number, x: number", "sum: { formula: constructor + x }");
    expect(of({ x: 1 })).toEqual({ sum: null });
    expect(of({ x: "1e1", constructor: 2 })).toEqual({ sum: 12 });
    expect(of({ x: "ten", constructor: 2 })).toEqual({ sum: null });
  });
});

describe("a bucket", () => {
  const features = featuresOf(
    CONTEXT,
    "size: { bucket: x, bounds: [-1, 0, 2.5] }",
    "step: { bucket: x, bounds: [-1, 0, 2.5], ordinal: true }",
  );

  test.each([
    [-1e300, "<-1", 0],
    [-1.0000001, "<-1", 0],
    [-1, "-1..0", 1],
    [-0, "0..2.5", 2],
    [2.4, "0..2.5", 2],
    [2.5, ">=2.5", 3],
    [1e300, ">=2.5", 3],
    [null, null, null],
    ["much", null, null],
  ])("of %j is %j", (x, size, step) => {
    expect(features({ x })).toEqual({ size, step });
  });

  test("may be of a window or of a formula", () => {
    const of = featuresOf(CONTEXT, "sum: { formula: x + y }", "size: { bucket: sum, bounds: [10] }");
    expect(of({ x: 4, y: 6 })).toEqual({ sum: 10, size: ">=10" });
  });
});

describe("a cross", () => {
  const features = featuresOf(
    "a: category, b: category, ok: boolean",
    "ab: { cross: [a, b] }",
    "all: { cross: [a, b, ok] }",
  );

  test("joins its categories, and is missing if one of them is", () => {
    expect(features({ a: "x", b: 7, ok: false })).toEqual({ ab: "x|7", all: "x|7|false" });
    expect(features({ a: "x", b: "y" })).toEqual({ ab: "x|y", all: null });
    expect(features({ a: "x", b: "" })).toEqual({ ab: null, all: null });
  });

  test("of different categories is never the same", () => {
    const texts = ["a", "|", "\\", "a|", "|a", "\\|", "|\\", "a\\", "\\\\|"];
    const pairs = texts.flatMap((a) => texts.map((b) => features({ a, b })["ab"]));
    expect(new Set(pairs).size).toBe(texts.length ** 2);
  });
});

describe("a haversine", () => {
  const of = featuresOf(
    "lat: number, lon: number, x: number, y: number",
    "km: { haversine: [lat, lon, x, y] }",
    "home: { haversine: [lat, lon, 50.087, 14.421] }",
  );

  test("is the distance on a sphere with the mean radius of the earth", () => {
    // A quarter of a great circle, half of one, none.
    expect(of({ lat: 0, lon: 0, x: 0, y: 90 })["km"]).toBeCloseTo((6371.0088 * Math.PI) / 2, 8);
    expect(of({ lat: 90, lon: 0, x: -90, y: 0 })["km"]).toBeCloseTo(6371.0088 * Math.PI, 8);
    expect(of({ lat: 12, lon: 34, x: 12, y: 34 })["km"]).toBe(0);
    // Across the date line the short way.
    expect(of({ lat: 0, lon: 179.5, x: 0, y: -179.5 })["km"]).toBeCloseTo((6371.0088 * Math.PI) / 180, 8);
    // By the angle between two vectors of length 1, another way to the same.
    for (const [a, b, c, d] of [
      [50.087, 14.421, 40.7, -74],
      [-33.9, 151.2, 51.5, -0.1],
    ] as const) {
      const [p, q] = [vector(a, b), vector(c, d)];
      const angle = Math.acos(p.reduce((sum, each, at) => sum + each * q[at]!, 0));
      expect(of({ lat: a, lon: b, x: c, y: d })["km"]).toBeCloseTo(6371.0088 * angle, 6);
      expect(of({ lat: c, lon: d, x: a, y: b })["km"]).toBe(of({ lat: a, lon: b, x: c, y: d })["km"]);
    }
  });

  test("takes degrees that are always the same", () => {
    expect(of({ lat: 40.7, lon: -74 })["home"]).toBe(of({ lat: 40.7, lon: -74, x: 50.087, y: 14.421 })["km"]);
  });

  test("is missing where a number is, or is no such angle", () => {
    expect(of({ lat: 1, lon: 1, x: 1 })["km"]).toBe(null);
    expect(of({ lat: 90.01, lon: 1 })["home"]).toBe(null);
    expect(of({ lat: 1, lon: -180.5 })["home"]).toBe(null);
    expect(of({ lat: 90, lon: -180 })["home"]).toBeGreaterThan(0);
  });

  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const vector = (lat: number, lon: number): readonly number[] => [
    Math.cos(radians(lat)) * Math.cos(radians(lon)),
    Math.cos(radians(lat)) * Math.sin(radians(lon)),
    Math.sin(radians(lat)),
  ];
});

describe("what a feature can't be made of is said", () => {
  test.each([
    ["a: { formula: b + 1 }, b: { formula: x }", '"b" is declared after "a" (a feature uses those above it)'],
    ["a: { formula: a + 1 }", `"a" can't be made of itself`],
    ["a: { formula: plane == null }", '"plane" is a key (a key is for windows'],
    ["a: { formula: z + 1 }", 'unknown name "z"'],
    ["a: { formula: citty == null }", 'did you mean "city"?'],
    ["a: { formula: city + 1 }", "+ needs a number, city is a string"],
    ["a: { formula: 'if(ok, null, null)' }", '"if(ok, null, null)" is always null'],
    ["a: { formula: x, y: 1 }", 'unknown field "y" (known: formula)'],
    ["a: { bucket: city, bounds: [1] }", '"city" is a category (a is made of a number)'],
    ["a: { bucket: x }", 'missing field "bounds"'],
    ["a: { bucket: x, bounds: [] }", "expected 1 to 200 bounds, found 0"],
    ["a: { bucket: x, bounds: [1, 1] }", "1 is not above 1 (let bounds grow)"],
    ["a: { bucket: x, bounds: [1, two] }", 'expected a number, found "two"'],
    ["a: { bucket: x, bounds: [1], ordinal: yes }", 'expected true or false, found "yes" (write true)'],
    ["a: { bucket: b, bounds: [1] }, b: { formula: x }", '"b" is declared after "a"'],
    ["a: { bucket: q, bounds: [1] }", 'there is no entry of the context and no feature "q"'],
    ["a: { bukcet: x, bounds: [1] }", 'unknown field "bukcet" (did you mean "bucket"?)'],
    ["a: { cross: [city] }", "expected 2 to 3 categories, found 1"],
    ["a: { cross: city }", 'expected a list of categories, found "city"'],
    ["a: { cross: [city, x] }", '"x" is a number (a is made of categories)'],
    ["a: { cross: [city, city] }", '"city" twice'],
    ["a: { cross: [city, plane] }", '"plane" is a key (a is made of categories: a key is for windows'],
    ["a: { haversine: [x, y] }", "expected four numbers, found 2 (latitude, longitude, latitude, longitude)"],
    ["a: { haversine: [x, y, 91, 0] }", "expected a number from -90 to 90, found 91"],
    ["a: { haversine: [1, 2, 3, 4] }", "the distance is always the same"],
  ])("%s: %s", (features, what) => {
    const items = features.split(/, (?=b: )/);
    const messages = problemsOf(withFeatures(CONTEXT, ...items)).map(({ message }) => message);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(what);
  });

  test("one mistake is told once, however much is made of it", () => {
    const text = withFeatures(
      CONTEXT,
      "a: { formula: z + 1 }",
      "b: { formula: a * 2 }",
      "c: { bucket: b, bounds: [1] }",
    );
    expect(problemsOf(text)).toHaveLength(1);
  });
});

describe("versions", () => {
  const version = (...features: readonly string[]) => parseBlueprint(withFeatures(CONTEXT, ...features));

  test("are the same for formulas that differ in blanks, and rows of one serve the other", () => {
    const [a, b] = [version("a: { formula: x+1 }"), version("a: { formula: x  +  1 }")];
    expect(a.version).toBe(b.version);
    const wider = version("x", "a: { formula: x+1 }");
    expect(canTrainOn(b, wider)).toMatchObject({ ok: true });
  });

  test("differ in words of the blueprint", () => {
    const before = version("a: { formula: x+1 }", "b: { bucket: x, bounds: [1] }", "c: { cross: [city, b] }");
    const after = version("a: { formula: x+2 }", "b: { bucket: x, bounds: [1, 2] }", "d: { haversine: [x, y, 1, 2] }");
    expect(compareBlueprints(before, after).map(({ text }) => text)).toEqual([
      "features.a: x+1 → x+2",
      "features.b: bucket of x between 1 → bucket of x between 1, 2",
      "features.d: added, km between x, y, 1, 2",
      "features.c: removed, was cross of city, b",
    ]);
    expect(canTrainOn(after, before).reason).toContain("features.a: changed its meaning, x+2 here, x+1 there");
  });

  test("without such features have no function for them", () => {
    expect(compileBlueprint(withFeatures(CONTEXT, "x")).fromFeatures).toBe(null);
  });
});
