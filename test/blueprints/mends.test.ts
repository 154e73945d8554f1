import { describe, expect, test } from "vitest";
import { edited, problemsOf } from "./fixtures.ts";

/** What is written instead of a piece of the small blueprint, and what the one message about it says. */
type Case = readonly [before: string, after: string, mend: string];

function answers(cases: readonly Case[]): void {
  test.each(cases)("%j written as %j", (before, after, mend) => {
    const problems = problemsOf(edited(before, after));
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining(mend)]);
  });
}

const DECIDE = "risk > 0.35";
const WHEN = 'kind == "arrival"';

describe("what other languages write in a formula is answered with what is written here", () => {
  answers([
    [DECIDE, "delayed => 0.3", "unexpected => (write >=)"],
    [DECIDE, "delayed =< 0.3", "write <="],
    [DECIDE, "delayed <> 0.3", "write !="],
    [DECIDE, "night === true", "write =="],
    [DECIDE, "night !== true", "write !="],
    [DECIDE, "night = true", "write == to compare"],
    [DECIDE, "night && delayed > 0.3", "write and"],
    [DECIDE, "night || delayed > 0.3", "write or"],
    [DECIDE, "night AND delayed > 0.3", "write and"],
    [DECIDE, "night Or delayed > 0.3", "write or"],
    [DECIDE, "delayed ** 2 > 0.3", "write pow(x, y)"],
    [DECIDE, "delayed ^ 2 > 0.3", "write pow(x, y)"],
    [DECIDE, "delayed > 25%", "a percentage is written as a number: 0.25"],
    [DECIDE, "delayed > 2.5 % and night", "a percentage is written as a number: 0.025"],
    [DECIDE, "delayed > 0,35", "a number is written with a point"],
    [DECIDE, "delayed ≥ 0.3", "write >="],
    [DECIDE, "delayed > 1 − 0.7", "write -"],
    [DECIDE, "carrier == “UA”", "write plain quotes"],
    [DECIDE, "carrier == ‘UA’", "write plain quotes"],
    [DECIDE, "carrier == UA", 'a text is written in quotes: "UA"'],
    [DECIDE, "carrier in ('UA', 'AA')", 'write x == "a" or x == "b"'],
    [DECIDE, "delayed between 0.3 and 0.5", "write x >= a and x <= b"],
    [DECIDE, "delayed is not null", "write == or !="],
    [DECIDE, "night == True", "write true"],
    [DECIDE, "carrier == None", "write null"],
    [DECIDE, "delayed > 0.3 ? true", "write if(condition, a, b)"],
    [DECIDE, "features.distance > 3", "a name stands alone"],
    [DECIDE, "risk\u200b > 0.3", "U+200B (an invisible character: delete it)"],
    [DECIDE, "ln(delayed) > 0.3", 'did you mean "log"?'],
    [DECIDE, "sqr(delayed) > 0.3", 'did you mean "sqrt"?'],
    [DECIDE, "!night", "in a formula write not instead of !"],
    [WHEN, "kind == arrival", 'a text is written in quotes: "arrival"'],
    [WHEN, "kind == arival", 'a text is written in quotes: did you mean "arrival"?'],
    [WHEN, '"arrival" == kind', "is written in single quotes"],
  ]);

  test("an action without its quotes is told so", () => {
    const text = edited("decisionSpace: boolean", "decisionSpace: { actions: [call, text] }").replace(
      DECIDE,
      "if(risk > 0.3, call, 'text')",
    );
    expect(problemsOf(text).map(({ message }) => message)).toEqual([
      expect.stringContaining('a text is written in quotes: "call"'),
    ]);
  });

  test("the remainder of a division stays what it is", () => {
    expect(() => edited(DECIDE, "delayed > 25 % 2")).not.toThrow();
    expect(() => problemsOf(edited(DECIDE, "distance % 7 > 3"))).toThrow("was accepted");
  });
});

describe("other words for what the file may say are answered with the one that is meant", () => {
  answers([
    ["mean: delay_min", "avg: delay_min", 'did you mean "mean"?'],
    ["  wait: 36h", "  wait: 36h\n  aggregate: last", 'did you mean "latest"?'],
    ["  wait: 36h", "  wait: 36h\n  aggregate: first", 'did you mean "earliest"?'],
    ["distance: number", "distance: float", 'did you mean "number"?'],
    ["carrier: category", "carrier: string", 'did you mean "category"?'],
    ["night: boolean", "night: bool", 'did you mean "boolean"?'],
    ["tailnum: key", "tailnum: id", 'did you mean "key"?'],
    ["decisionSpace: boolean", "decisionSpace: bool", 'did you mean "boolean"?'],
    ["decisionSpace: boolean", "decisionSpace: [call, text]", "write actions: [call, text]"],
    ["open: true", "open: yes", "write true"],
    ["depth: 4", 'depth: "4"', "write it without quotes"],
    ["  depth: 4", "  depth:4", "a space behind the colon: depth: 4"],
    ["  depth: 4", "\tdepth: 4", "indent with spaces"],
    ["  depth: 4", "  trees: 4", 'did you mean "rounds"?'],
  ]);
});

describe("durations and percentages in other notations are answered with ours", () => {
  answers([
    ["wait: 36h", "wait: 36 hours", "did you mean 36h?"],
    ["wait: 36h", "wait: 36H", "did you mean 36h?"],
    ["wait: 36h", "wait: 1.5d", "did you mean 36h?"],
    ["wait: 36h", "wait: 1d12h", "did you mean 36h?"],
    ["wait: 36h", "wait: P1DT12H", "did you mean 36h?"],
    ["wait: 36h", "wait: 1 week", "did you mean 7d?"],
    ["wait: 36h", "wait: 90 min", "did you mean 90m?"],
    ["wait: 36h", "wait: 36", "a number and a unit: 30s, 15m, 6h or 7d"],
    ["wait: 36h", "wait: soon", "a number and a unit"],
    ["freshRows: 20%", "freshRows: 20", "write 20%"],
    ["freshRows: 20%", "freshRows: 0.05", "write 5%"],
    ["freshRows: 20%", "freshRows: 20 percent", "write 20%"],
  ]);
});
