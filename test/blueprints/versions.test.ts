import { expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { FIRST_FLIGHTS, FLIGHTS, SMALL } from "./fixtures.ts";

/** Topics hold these names: another one would make all rows and models those of an unknown version. */
test.each([
  ["the flights", FLIGHTS, "208c0b9504ab"],
  ["the flights with the trees that they had first", FIRST_FLIGHTS, "468991039a10"],
  ["every kind of thing once", SMALL, "edafdc876867"],
  ["a retention that is not the default", `${SMALL}retention: { rows: 90d, answers: 3d }\n`, "ea48a97ee128"],
  ["a retention that is written out", `${SMALL}retention: { answers: 2d, repeats: 4d }\n`, "edafdc876867"],
  [
    "defaults that are written out",
    SMALL.replace("  depth: 4", "  depth: 4\n  seed: 0\n  rounds: 200"),
    "edafdc876867",
  ],
])("the version of %s is the same in every release", (_, text, version) => {
  expect(parseBlueprint(text).version).toBe(version);
});
