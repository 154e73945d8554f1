import { expect, test } from "vitest";
import { contextValues } from "../../client/plain-values.ts";

test("lists and vectors of a context are the texts of their JSON, and all else stays as it is", () => {
  expect(contextValues({ tags: ["a", 7, true], taste: [0.5, Number.NaN], none: [], n: 1, gone: undefined })).toEqual({
    tags: '["a",7,true]',
    taste: "[0.5,null]",
    none: "[]",
    n: 1,
  });
});

test("an item that no entry could be is refused with its place", () => {
  expect(() => contextValues({ tags: ["a", ["b"]] })).toThrow("context.tags[1] is an array");
  expect(() => contextValues({ tags: [{}] })).toThrow("context.tags[0] is an object");
  expect(() => contextValues({ tags: ["\ud800"] })).toThrow("context.tags[0] holds half of a surrogate pair");
});
