import { expect, test } from "vitest";
import { learnerKinds, parseBlueprint } from "../../blueprints/index.ts";
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

/** A default that changes changes the version of every blueprint that leaves it out: what was published could not be read. */
test("the version of each learner's defaults is the same in every release", () => {
  const versions = learnerKinds.names().map((learner) => [
    learner,
    parseBlueprint(`useCase: a
decisionSpace: boolean
context: { x: number }
features: [x]
observations: { y: number }
label: { name: hit, value: y > 0.5 }
model: { learner: ${learner} }
policy: { decide: hit > 0.5 }
`).version,
  ]);
  expect(Object.fromEntries(versions)).toEqual({
    ...{ xgboost: "039f66ae85e6", linear: "f1f9b8e4e6c6", mlp: "eeff113c86e2" },
    ...{ constant: "31461f8c3954", auto: "f02814abadee" },
  });
});
