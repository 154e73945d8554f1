import { describe, expect, test } from "vitest";
import { contextFeatures, featureLayout } from "../../../blueprints/index.ts";
import { small } from "../fixtures.ts";

const blueprint = small();
const layout = featureLayout(blueprint);
const extract = contextFeatures(blueprint);

test("the layout has the features' order and kinds, booleans and windows as numbers", () => {
  expect(layout.map(({ index, name, kind }) => [index, name, kind])).toEqual([
    [0, "distance", "number"],
    [1, "carrier", "category"],
    [2, "night", "number"],
    [3, "m_arr", "number"],
    [4, "n_arr", "number"],
  ]);
});

describe("context features", () => {
  test("are taken in order, booleans as 1 or 0, windows left missing", () => {
    expect(extract({ carrier: "UA", distance: 1400, night: true, tailnum: "N1" })).toEqual([1400, "UA", 1, null, null]);
    expect(extract({ night: false })).toEqual([null, null, 0, null, null]);
  });

  test("that are missing, of another type, NaN or infinite are missing values, never errors", () => {
    for (const distance of [undefined, null, "1,400", "", true, Number.NaN, Number.NEGATIVE_INFINITY, {}]) {
      expect(extract({ distance })[0]).toBe(null);
    }
    for (const carrier of [undefined, null, 2 ** 60, "", {}]) expect(extract({ carrier })[1]).toBe(null);
    for (const night of [undefined, null, 2, "maybe", ""]) expect(extract({ night })[2]).toBe(null);
  });

  test("are what their types say, however they are written", () => {
    expect(extract({ distance: "1400", carrier: 94110, night: "yes" }).slice(0, 3)).toEqual([1400, "94110", 1]);
    expect(extract({ distance: "1.4e3", carrier: "0042", night: 0 }).slice(0, 3)).toEqual([1400, "0042", 0]);
    expect(extract({ carrier: true }).slice(1, 2)).toEqual(["true"]);
  });

  test("know one zero", () => {
    expect(Object.is(extract({ distance: -0 })[0], 0)).toBe(true);
  });
});
