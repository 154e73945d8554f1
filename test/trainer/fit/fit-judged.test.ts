import { expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { fitModel, type Fit } from "../../../trainer/index.ts";
import { fitJudged } from "../../../trainer/fit/fit-judged.ts";
import { splitRows } from "../../../trainer/split-rows.ts";
import { compiled, rows, START, TEXT } from "../parcel-rows.ts";

const all = rows(0, 400, 1);
const judged = (fit: Fit, by = compiled, onProgress?: (done: number, total: number) => void) =>
  fitJudged(fit, { compiled: by, rows: all, split: splitRows(by, all, 0.2), until: START, onProgress });

test("one fit runs at a time, and what serves has learnt from the rows that judged the first", async () => {
  let running = 0;
  const learntFrom: number[] = [];
  const fit: Fit = async (...args) => {
    expect(++running).toBe(1);
    learntFrom.push(args[0].train.rows);
    return fitModel(...args).finally(() => running--);
  };
  const made = await judged(fit);
  expect(made.refitted).toBe(true);
  expect(learntFrom).toEqual([320, 400]);
  expect(made.labels[0]!.predictions).toHaveLength(80);
});

test("the progress of both together grows to its end, and an error of either is the training's", async () => {
  const told: number[] = [];
  let whole = 0;
  await judged(fitModel, compiled, (done, total) => {
    told.push(done);
    whole = total;
  });
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(whole);
  for (const failing of [1, 2]) {
    let begun = 0;
    const fit: Fit = (...args) =>
      ++begun === failing ? Promise.reject(new Error(`fit ${failing} fails`)) : fitModel(...args);
    await expect(judged(fit)).rejects.toThrow(`fit ${failing} fails`);
  }
});

test("a learner that searches chooses first: its second fit begins when the first has ended", async () => {
  const searching = compileBlueprint(TEXT.replace("{ rounds: 12, depth: 3 }", "{ learner: auto, trials: 2 }"));
  let running = 0;
  const fit: Fit = async (...args) => {
    expect(++running).toBe(1);
    return fitModel(...args).finally(() => running--);
  };
  expect((await judged(fit, searching)).refitted).toBe(true);
});
