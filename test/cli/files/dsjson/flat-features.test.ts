import { expect, test } from "vitest";
import { flatFeatures } from "../../../../cli/files/dsjson/flat-features.ts";

test("a name with half a character is left out with its value: no record with it could be read", () => {
  expect(flatFeatures({ hour: 9, "\ud83d": 1, shop: { "n\udc0e": ["x"], "🐎": 2 } })).toEqual({
    values: { hour: 9, "🐎": 2 },
    lists: new Map(),
    unfit: new Map([
      ["\ud83d", "half a character in its name"],
      ["n\udc0e", "half a character in its name"],
    ]),
  });
});
