import { expect, test } from "vitest";
import { BlueprintError, compilePolicy, parseBlueprint, windowGroups } from "../../blueprints/index.ts";
import { rowSchema } from "../../rows/index.ts";
import { SEVERAL, SMALL } from "./fixtures.ts";
import { random } from "./random.ts";

const PIECES = [
  "{",
  "}",
  "[",
  "]",
  ":",
  "- ",
  "&a ",
  "*a",
  "null",
  "true",
  "12",
  "-1e9",
  "~",
  "|",
  '"',
  "\n",
  "\t",
  "<<: ",
  "!!set ",
  "é",
  "#",
  "%",
];

test("whatever is done to a text, it is accepted and usable, or refused with places inside it", () => {
  const next = random(20130101);
  let accepted = 0;
  let refused = 0;
  for (let round = 0; round < 1500; round++) {
    let text = round % 3 === 0 ? SEVERAL : SMALL;
    for (let edits = 1 + Math.floor(next() * 3); edits > 0; edits--) {
      const at = Math.floor(next() * text.length);
      const cut = Math.floor(next() * 12);
      const piece = PIECES[Math.floor(next() * PIECES.length)] ?? "";
      text = text.slice(0, at) + (next() < 0.6 ? piece : "") + text.slice(at + cut);
    }
    try {
      const blueprint = parseBlueprint(text);
      expect(blueprint.version).toMatch(/^[0-9a-f]{12}$/);
      compilePolicy(blueprint).decide([], {});
      windowGroups(blueprint);
      rowSchema(blueprint);
      accepted++;
    } catch (error) {
      if (!(error instanceof BlueprintError)) throw new Error(`not a BlueprintError for:\n${text}`, { cause: error });
      expect(error.problems.length).toBeGreaterThan(0);
      const lines = text.split("\n").length;
      for (const { line, column } of error.problems) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
        expect(column).toBeGreaterThanOrEqual(1);
      }
      refused++;
    }
  }
  expect(accepted).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(1000);
});
