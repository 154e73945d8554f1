import { expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { validBlueprints } from "../../../catalogue/index.ts";
import { SMALL } from "../../blueprints/fixtures.ts";
import { blueprintTableOf } from "../table-of.ts";

const both = "{ w: { default: 2, min: 0, max: 5 }, t: { default: 0.5, min: 0, max: 1 } }";
const text = SMALL.replace("policy:\n", `policy:\n  params: ${both}\n`).replace("risk > 0.35", "risk * w > t");
const { useCase, version } = parseBlueprint(text);
const record = { useCase, version, text, activations: [], shadowings: [], modes: [] };

test("a change counts strictly after its time, the last of one moment counts, and others keep their values", () => {
  const parameters = [
    { time: 10, values: { w: 1 } },
    { time: 20, values: { t: 0.25 } },
    { time: 20, values: { w: 4 } },
    { time: 20, values: { w: 3 } },
    { time: 30, values: { w: null } },
  ];
  const table = blueprintTableOf([{ ...record, parameters }]);
  const at = (time: number) => validBlueprints(table).params(useCase, version, time);
  expect([0, 10, 11, 20, 21, 30, 31].map(at)).toEqual([
    { w: 2, t: 0.5 },
    { w: 2, t: 0.5 },
    { w: 1, t: 0.5 },
    { w: 1, t: 0.5 },
    { w: 3, t: 0.25 },
    { w: 3, t: 0.25 },
    { w: 2, t: 0.25 },
  ]);
  expect(validBlueprints(table).params(useCase, "unknown", 11)).toEqual({});
  table.put({ ...record, parameters: [] });
  expect(at(31)).toEqual({ w: 2, t: 0.5 });
});

test("a version with values that its text does not allow is not read, and says why", () => {
  for (const [values, said] of [
    [{ w: 9 }, /parameter "w": 9 is not from 0 to 5/],
    [{ w: Number.NaN }, /parameter "w": NaN is not from 0 to 5/],
    [{ constructor: 1 }, /no parameter "constructor"/],
  ] as const) {
    const valid = validBlueprints(blueprintTableOf([{ ...record, parameters: [{ time: 1, values }] }]));
    expect(valid.version(useCase, version)).toBe(undefined);
    expect(valid.problem(useCase, version)).toMatch(said);
  }
});
