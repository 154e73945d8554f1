import { describe, expect, test } from "vitest";
import { featureLayout, type FeatureVector } from "../../../blueprints/index.ts";
import { encodeFeatures, learnCategories } from "../../../serving/index.ts";
import { small } from "../../blueprints/fixtures.ts";
import { random, shuffled } from "../../blueprints/random.ts";

const layout = featureLayout(small());

describe("categories", () => {
  test("are the distinct values by code units, whatever the order of the rows", () => {
    const vectors = ["b", "Z", "ä", "a", "b", "10", "9", null].map((value): FeatureVector => [1, value, 0, null, 0]);
    const expected = { carrier: ["10", "9", "Z", "a", "b", "ä"] };
    expect(learnCategories(layout, vectors)).toEqual(expected);
    expect(learnCategories(layout, shuffled(vectors, random(1)))).toEqual(expected);
  });

  test("without rows are empty, not absent", () => {
    expect(learnCategories(layout, [])).toEqual({ carrier: [] });
  });
});

describe("encoding", () => {
  const encode = encodeFeatures(layout, { carrier: ["AA", "DL", "UA"] });

  test("writes float32 at the offset and nothing else", () => {
    const out = new Float32Array(9).fill(-1);
    encode([0.1, "UA", 1, null, 3], out, 2);
    expect([...out]).toEqual([-1, -1, Math.fround(0.1), 2, 1, Number.NaN, 3, -1, -1]);
  });

  test("makes NaN of missing values, unknown categories and values of the wrong type", () => {
    const out = new Float32Array(5);
    encode([null, "XX", null, null, null], out, 0);
    expect([...out]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    encode(["1400", 2, "1", null, null], out, 0);
    expect([...out]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    encode([], out, 0);
    expect([...out]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  test("needs a vocabulary for every category", () => {
    expect(() => encodeFeatures(layout, { other: [] })).toThrow(/no vocabulary for category feature "carrier"/);
  });
});
