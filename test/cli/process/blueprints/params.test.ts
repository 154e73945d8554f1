import { expect, test } from "vitest";
import { changesOf } from "../../../../cli/process/blueprints/params.ts";

test("values of parameters are decimal numbers, and null is the default again", () => {
  expect(changesOf(["w=2.5", "eps=1e-9", "low=-0", "least=5e-324"], ["c"])).toEqual({
    ...{ w: 2.5, eps: 1e-9, low: 0, least: 5e-324 },
    c: null,
  });
  expect(changesOf(["zero=0e-400"], [])).toEqual({ zero: 0 });
});

test.each([
  ["eps=1e-400", "--set eps=1e-400: 1e-400 is too small a number, and would be 0 (at least 5e-324, or 0)"],
  ["eps=-0.001e-340", "-0.001e-340 is too small a number"],
  ["eps=1e400", "--set eps=1e400: 1e400 is too large a number (at most 1.7e308)"],
  ["w=", "write name=number"],
  ["=1", "write name=number"],
  ["w=much", "write name=number"],
  ["w=0x1F", "write name=number"],
  ["w=Infinity", "write name=number"],
])("--set %s is refused with its text", (pair, message) => {
  expect(() => changesOf([pair], [])).toThrow(message);
});

test("a parameter has one value", () => {
  expect(() => changesOf(["w=1"], ["w"])).toThrow('parameter "w" is there twice');
});
