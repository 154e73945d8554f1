import { describe, expect, test } from "vitest";
import { table } from "../../../cli/text/table.ts";

const head = ["use case", "model", "version", "state", "rows", "evidence"];
const rows = [
  ["flight-delays", "6d73b364a7923541", "0f2e4d6c8b1a", "retired", 3555, "better than a constant: logLoss 0.38334"],
  ["reminders", "aa73b364a7923541", "1f2e4d6c8b1a", "production", 12, "by hand, after a very long talk about it"],
] as const;
const words = [...head, ...rows.flat()].flatMap((cell) => String(cell).split(" "));

describe("a table on a terminal", () => {
  test.each([20, 40, 60, 80, 100, 120, 200])("of %i columns breaks no word, and no line is longer", (columns) => {
    const lines = table(head, rows, columns).split("\n");
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(Math.max(columns, 18));
    const shown = lines.flatMap((line) => line.split(/\s+/));
    for (const word of words) expect(shown).toContain(word);
  });

  test("that is wide enough has a line for each row, numbers to the right", () => {
    expect(
      table(
        ["a", "n"],
        [
          ["x y", 5],
          ["z", 12],
        ],
        80,
      ),
    ).toBe("a    n\nx y   5\nz    12");
  });

  test("that is too narrow for the longest words side by side shows each row as a block", () => {
    expect(table(["use case", "model"], [["flight-delays", "6d73b364a7923541"]], 28)).toBe(
      "use case  flight-delays\nmodel     6d73b364a7923541",
    );
  });

  test("goes on in the next line where a cell has several words", () => {
    expect(table(["a", "why"], [["x", "one two three"]], 10)).toBe("a  why\nx  one two\n   three");
  });

  test("without rows is its head", () => {
    expect(table(["one", "two", "three"], [], 8)).toBe("one two\nthree");
    expect(table(["one", "two"], [], 80)).toBe("one  two");
  });

  test("shows a line break in a cell as a space", () => {
    expect(table(["a", "b"], [["x\ny", "z"]], 80)).toBe("a    b\nx y  z");
  });
});

test("without a terminal no line is broken, whatever its length", () => {
  const wide = "word ".repeat(200).trim();
  expect(table(["a"], [[wide]], Number.POSITIVE_INFINITY)).toBe(`a\n${wide}`);
});
