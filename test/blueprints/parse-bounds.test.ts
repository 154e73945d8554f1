import { describe, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { edited, problemsOf, SMALL } from "./fixtures.ts";

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

/** Far above what reading takes, far below what it would take where the work grows with the square or the power. */
const SOON_MS = 5_000;

describe("formulas that use each other", () => {
  const policy = (first: string, next: (index: number) => string): string =>
    edited(
      "    risk: delayed\n  decide: risk > 0.35",
      `    f0: ${first}\n${lines(60, (index) => `    f${index + 1}: ${next(index)}\n`)}  decide: f60`,
    );

  test("sixty that each use the one before twice are read, each once", { timeout: SOON_MS }, () => {
    const text = policy("if(delayed > 0.5, 'a', 'b')", (index) => `if(night, f${index}, f${index})`);
    const compiled = compileBlueprint(text.replace("decisionSpace: boolean", "decisionSpace: {actions: [a, b]}"));
    expect(compiled.policy.decide([null, null, 1, null, null], { delayed: 0.7 })).toBe("a");
    expect(compiled.policy.decide([null, null, 1, null, null], { delayed: 0.2 })).toBe("b");
    expect(compiled.policy.trace([null, null, 1, null, null], { delayed: 0.2 })).toHaveLength(62);
  });

  test("an action that does not exist is found below them, once", { timeout: SOON_MS }, () => {
    const text = policy("if(delayed > 0.5, 'a', 'z')", (index) => `if(night, f${index}, f${index})`);
    const problems = problemsOf(text.replace("decisionSpace: boolean", "decisionSpace: {actions: [a, b]}"));
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('"z" is no action')]);
  });
});

describe("texts with thousands of mistakes", () => {
  test("ten thousand mistyped types are told with their places", { timeout: SOON_MS }, () => {
    const text = edited("  distance: number\n", `  distance: number\n${lines(10_000, (i) => `  c${i}: numbr\n`)}`);
    const [first, second] = problemsOf(text);
    expect(first?.message).toContain("at most 2000 entries, found 10004");
    expect(second).toMatchObject({ path: "context.c0", line: 5 });
  });

  test("two thousand mistyped features among two thousand names are told", { timeout: SOON_MS }, () => {
    const context = lines(1_990, (i) => `  some_long_name_${i}: number\n`);
    const features = lines(1_990, (i) => `  - some_lnog_name_x${i}\n`);
    const text = edited("  - distance\n", `  - distance\n${features}`).replace("events:\n", `${context}events:\n`);
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1_990);
    expect(problems[0]?.hint).toMatch(/^did you mean "some_long_name_/);
  });

  test("a faulty section that aliases repeat is not told for ever", { timeout: SOON_MS }, () => {
    const faulty = lines(2_000, (i) => `x${i}: 1, `);
    const text = edited(
      "  - carrier\n",
      `  - w: &w { count: true, ${faulty} }\n${lines(1_000, (i) => `  - w${i}: *w\n`)}`,
    );
    expect(problemsOf(text)).toHaveLength(10_000);
  });

  test("fifty thousand fields of an event are too many", { timeout: SOON_MS }, () => {
    const [first] = problemsOf(edited("[delay_min]", `[${lines(50_000, (i) => `f${i},`)}]`));
    expect(first?.message).toContain("at most 100 fields, found 50000");
  });

  test("brackets within brackets are told in one sentence", { timeout: 60_000 }, () => {
    expect(problemsOf("[".repeat(100_000))[0]?.message).toMatch(/not valid YAML: it is nested too deeply/);
  });
});

describe("a second document", () => {
  test.each([
    ["behind three dashes", `${SMALL}---\n${SMALL}`, 31],
    ["behind the end of the first", `${SMALL}...\n---\nuseCase: other\n`, 32],
    ["with nothing in it", `${SMALL}---\n`, 31],
  ])("%s is a problem, with its line", (_, text, line) => {
    const [problem, ...others] = problemsOf(text);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ line, column: 1 });
    expect(problem?.message).toContain("a second YAML document begins here");
  });

  test("three dashes before the first are none", () => {
    expect(compileBlueprint(`---\n${SMALL}`).blueprint.useCase).toBe("small");
  });
});

test("a name that is there twice is a problem of its own place", () => {
  const [problem] = problemsOf(edited("  depth: 4", "  depth: 4\n  depth: 5"));
  expect(problem).toMatchObject({ path: "model.depth", line: 23 });
});
