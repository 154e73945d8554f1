import { expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { askedVersion, validBlueprints } from "../../../catalogue/index.ts";
import type { BlueprintPublished } from "../../../schemas/index.ts";
import { PARCELS } from "../../operators/parcels.ts";
import { blueprintTableOf } from "../table-of.ts";

const { useCase, version } = parseBlueprint(PARCELS);
const of = (name: string, hash: string, text: string, from: number): BlueprintPublished => ({
  ...{ useCase: name, version: hash, text },
  activations: [{ time: from, live: true }],
  shadowings: [],
  parameters: [],
  modes: [],
});
const known = validBlueprints(
  blueprintTableOf([
    of(useCase, version, PARCELS, 10),
    of("letters", "aaaaaaaaaaaa", "useCase: letters\nquantum: 1\n", 10),
  ]),
);

test("a version is found by its name, or as the one that is live then", () => {
  expect(askedVersion(known, useCase).blueprint.version).toBe(version);
  expect(askedVersion(known, useCase, version, 5).blueprint.version).toBe(version);
  expect(askedVersion(known, useCase, undefined, 11).blueprint.version).toBe(version);
});

test.each([
  [
    "a use case that is not there",
    ["parcel"],
    "UNKNOWN_USE_CASE",
    'unknown use case "parcel": known are letters, parcels',
  ],
  ["a version that is not there", [useCase, "x"], "UNKNOWN_VERSION", "no blueprint version x"],
  ["a time before any", [useCase, undefined, 10], "UNKNOWN_VERSION", "no live blueprint at 1970-01-01T00:00:00.010Z"],
  ["a live version that can't be read here", ["letters"], "NEWER_RELEASE", "quantum"],
  ["a named version that can't be read here", ["letters", "aaaaaaaaaaaa"], "NEWER_RELEASE", "quantum"],
  [
    "a version that can't be read here, which may lack a part",
    ["letters"],
    "NEWER_RELEASE",
    "parts that its product registers",
  ],
] as const)("%s has its own code and reason", (_, asked, code, message) => {
  const [name, hash, time] = asked as readonly [string, string?, number?];
  expect(() => askedVersion(known, name, hash, time)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
  );
});
