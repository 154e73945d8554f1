import { expect, test } from "vitest";
import { checkModel } from "../../../blueprints/index.ts";
import "../../../trainer/index.ts";
import { allLearners } from "../../../trainer/learners/registry.ts";
import { candidatesOf } from "../../../trainer/search/candidates.ts";

const many = (seed: number, objective: "binary" | "regression" = "binary") => {
  const candidate = candidatesOf(allLearners(), objective, 12, seed);
  return Array.from({ length: 300 }, (_, trial) => candidate(trial)!);
};

test("every candidate is within the bounds of its learner, and learns the objective", () => {
  for (const objective of ["binary", "regression"] as const) {
    for (const { model, dropped } of many(3, objective)) {
      checkModel(model);
      expect(model.objective).toBe(objective);
      expect(dropped.length).toBeLessThan(12);
      expect(new Set(dropped).size).toBe(dropped.length);
    }
  }
});

test("each learner's first parameters come before any that are drawn, the defaults before others", () => {
  const learners = allLearners().filter(({ space }) => space !== undefined);
  const names = many(0).map(({ model }) => model.learner);
  expect(names.slice(0, learners.length)).toEqual(learners.map(({ kind }) => kind.name));
  expect(names).not.toContain("auto");
});

test("a candidate follows from the seed and its number alone", () => {
  expect(many(7)).toEqual(many(7));
  expect(many(7)).not.toEqual(many(8));
  const texts = many(7).map((each) => JSON.stringify(each));
  expect(new Set(texts).size).toBe(texts.length);
});

test("some of the drawn candidates do without columns", () => {
  const some = many(1).filter(({ dropped }) => dropped.length > 0).length;
  expect(some).toBeGreaterThan(60);
  expect(some).toBeLessThan(180);
});
