import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { checkTypes, validBlueprints } from "../../../catalogue/index.ts";
import { blueprintTableOf } from "../../catalogue/table-of.ts";
import { edited } from "../fixtures.ts";

const whole = readFileSync(new URL("whole.yaml", import.meta.url), "utf8");

/** The refusal of a version beside the published one. */
function refusal(text: string): string {
  const { useCase, version } = parseBlueprint(whole);
  const table = blueprintTableOf([
    { useCase, version, text: whole, activations: [], shadowings: [], parameters: [], modes: [] },
  ]);
  try {
    checkTypes(parseBlueprint(text), validBlueprints(table));
  } catch (error) {
    return (error as Error).message;
  }
  return "published";
}

test("a version with the types of the published one may be published beside it", () => {
  expect(refusal(edited("depth: 6", "depth: 5", whole))).toBe("published");
});

/** What is written instead of a piece, and what is said about it: the name, its line and the mend. */
test.each([
  [
    "  express: boolean",
    "  express: number",
    "features.express in line 30: number here, boolean in version",
    "such as express_number, or keep it a boolean",
  ],
  [
    "formula: log(weight + 1)",
    "formula: weight > 1",
    "features.log_weight in line 38: boolean here",
    "keep it a number",
  ],
  ["mean: minutes", "last: belt", "features.m_scan in line 32: category here, number", "such as m_scan_category"],
  ["field: bays", "field: region", "features.bays in line 36: category here, number", "such as bays_category"],
  ["oneHot: tags, values: [gifts, books]", "bucket: weight, bounds: [2]", "published", ""],
  [
    "  rating: number",
    "  rating: boolean",
    "observations.rating in line 18: boolean here, number",
    "such as rating_boolean",
  ],
  [
    "  paid: boolean",
    "  paid: category",
    "observations.paid in line 17: category here, boolean",
    "such as paid_category",
  ],
  [
    "{ km: number }",
    "{ km: category }",
    "tables.routes.fields.km in line 26: category here, number",
    "or keep it a number",
  ],
  [
    "meaning: vector(4)",
    "meaning: vector(8)",
    "tables.words.fields.meaning in line 25: vector(8) here, vector(4)",
    "or keep it a vector(4)",
  ],
  [
    "[from_depot, to_depot]",
    "[from_depot]",
    "tables.routes in line 26: 1 keys here (from_depot), 2",
    "give the table a new name",
  ],
])("%s written as %s", (before, after, what, mend) => {
  const said = refusal(edited(before, after, whole));
  expect(said).toContain(what);
  expect(said).toContain(mend);
});
