import { describe, expect, test } from "vitest";
import { booleanOf, categoryOf, declaredValue, fieldOf, misfitText, numberOf } from "../../../blueprints/index.ts";

const missing = [null, undefined, "", Number.NaN];

describe("a number", () => {
  test.each<[unknown, number]>([
    [7, 7],
    [-1e300, -1e300],
    ["12", 12],
    ["+12", 12],
    ["-0.5", -0.5],
    [".5", 0.5],
    ["5.", 5],
    ["1e-3", 0.001],
    ["12E4", 120_000],
    ["0042", 42],
    ["9007199254740993", 9_007_199_254_740_992],
  ])("%j is %d", (value, expected) => {
    expect(numberOf(value)).toBe(expected);
  });

  test.each([
    ...[" 12 ", "12 ", "\t1", "1_000", "1,5", "1 000", "0x10", "0b1", "NaN", "NA", "null", "inf", "-Infinity", "1e999"],
    ...["1.2.3", "--1", "1e", "e5", ".", "+", "１２", "true", "True", "$5", "5%"],
    ...[true, false, Infinity, -Infinity, {}, [1]],
  ])("%j is none", (value) => {
    expect(numberOf(value)).toBe(undefined);
  });

  test("knows one zero, as a number and as a text", () => {
    for (const zero of [-0, "-0", "-0.0", "0"]) expect(Object.is(numberOf(zero), 0)).toBe(true);
  });

  test("of a text of any length is found or refused in a time that grows with it", { timeout: 60_000 }, () => {
    const digits = "1".repeat(262_144);
    for (const text of [`${digits}x`, `0.${digits}x`, `1e${digits}x`, digits, `.${digits}`]) numberOf(text);
    expect(numberOf(`${digits}x`)).toBe(undefined);
    expect(numberOf(`0.${digits}`)).toBeCloseTo(1 / 9, 15);
  });
});

describe("a boolean", () => {
  const spellings = {
    true: [true, "true", "True", "TRUE", "t", "T", "yes", "Yes", "y", "Y", "on", "ON", 1, "1", "1.0", "1.", "1e0"],
    false: [false, "false", "False", "FALSE", "f", "F", "no", "No", "n", "N", "off", "OFF", 0, -0, "0", "0.0", "-0"],
  };
  test.each(spellings.true)("%j is true", (value) => expect(booleanOf(value)).toBe(true));
  test.each(spellings.false)("%j is false", (value) => expect(booleanOf(value)).toBe(false));
  test.each(["2", 2, -1, 0.5, "maybe", " true", "true ", "truee", "ye", "10", "0x1", "NaN", Infinity, {}])(
    "%j is none",
    (value) => expect(booleanOf(value)).toBe(undefined),
  );
});

describe("a category", () => {
  test.each(["0042", "12E4", "1.0", "1.10", "NaN", "null", "true", " x ", "9007199254740993", "007", "\u0000", "é"])(
    "%j stays to the letter",
    (text) => expect(categoryOf(text)).toBe(text),
  );

  test.each<[number | boolean, string]>([
    [94110, "94110"],
    [94110.0, "94110"],
    [-0, "0"],
    [-5, "-5"],
    [0.1, "0.1"],
    [-2.5, "-2.5"],
    [1e-7, "0.0000001"],
    [-1.25e-9, "-0.00000000125"],
    [5e-324, `0.${"0".repeat(323)}5`],
    [Number.MAX_SAFE_INTEGER, "9007199254740991"],
    [true, "true"],
    [false, "false"],
  ])("that comes as %d is %j", (value, text) => {
    expect(categoryOf(value)).toBe(text);
    if (typeof value === "number") expect(Number(text)).toBe(value + 0);
  });

  test.each([2 ** 53, -(2 ** 60), 1e21, 1e300, Infinity, {}, []])(
    "that comes as %d is none: digits may be lost",
    (value) => expect(categoryOf(value)).toBe(undefined),
  );
});

test("a field of an event is a number, or a boolean as 1 or 0, however either is written", () => {
  expect([5, "5", true, "True", "no", 0.5].map(fieldOf)).toEqual([5, 5, 1, 1, 0, 0.5]);
  expect(["1,5", "maybe", " 1", Infinity, {}].map(fieldOf)).toEqual(Array(5).fill(undefined));
});

test("null, an empty text and NaN are missing for every type", () => {
  for (const type of ["number", "boolean", "category", "key", "field"] as const) {
    expect(missing.map((value) => declaredValue(type, value))).toEqual([null, null, null, null]);
  }
});

test("what does not fit is told with the value and what to write", () => {
  expect(misfitText("number", "1,5")).toBe('"1,5" is not a number: write digits with a point, like 1234.5');
  expect(misfitText("number", Infinity)).toBe("Infinity is not a finite number");
  expect(misfitText("number", true)).toMatch(/^true is not a number/);
  expect(misfitText("boolean", "maybe")).toBe('"maybe" is not a boolean: write true or false');
  expect(misfitText("key", 2 ** 60)).toMatch(/has more digits than a number keeps: write it as a text$/);
  expect(misfitText("number", "x".repeat(10_000)).length).toBeLessThan(130);
});
