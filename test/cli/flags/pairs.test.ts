import { expect, test } from "vitest";
import { parsePairs } from "../../../cli/flags/pairs.ts";

test("a pair is a number where nothing is lost, and a text otherwise", () => {
  const pairs = [
    "a=3",
    "b=-0.5",
    "c=0042",
    "d=12E4",
    "e=9007199254740993",
    "f=true",
    'g="7"',
    "h=1.0",
    "i=Infinity",
    "j=",
  ];
  expect(parsePairs(pairs)).toEqual({
    ...{ a: 3, b: -0.5, c: "0042", d: "12E4", e: "9007199254740993", f: true, g: "7", h: "1.0", i: "Infinity", j: "" },
  });
});
