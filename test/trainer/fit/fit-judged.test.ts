import { expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { fitModel, type Fit } from "../../../trainer/index.ts";
import { fitJudged } from "../../../trainer/fit/fit-judged.ts";
import { splitRows } from "../../../trainer/split-rows.ts";
import { compiled, rows, START, TEXT } from "../parcel-rows.ts";

const all = rows(0, 400, 1);
const judged = (fit: Fit, by = compiled, onProgress?: (done: number, total: number) => void) =>
  fitJudged(fit, { compiled: by, rows: all, split: splitRows(by, all, 0.2), until: START, onProgress });

/** Each fit waits until as many have begun. */
function atOnce(count: number): Fit {
  let begun = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  return async (...args) => {
    if (++begun === count) resolve();
    await promise;
    return fitModel(...args);
  };
}

test("the two fits run side by side, and give what they give one after the other", async () => {
  const beside = await judged(atOnce(2));
  let last: Promise<unknown> = Promise.resolve();
  const inTurn: Fit = (...args) => {
    const fitted = last.then(() => fitModel(...args));
    last = fitted.catch(() => undefined);
    return fitted;
  };
  const after = await judged(inTurn);
  expect(beside.refitted).toBe(true);
  expect(beside.onnx).toEqual(after.onnx);
  expect(beside.labels[0]!.predictions).toEqual(after.labels[0]!.predictions);
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

test("where both fits fail the error is that of the one that is judged", async () => {
  let begun = 0;
  const { promise: later, resolve } = Promise.withResolvers<void>();
  const fit: Fit = async () => {
    const own = ++begun;
    if (own === 1) await later;
    else resolve();
    throw new Error(`fit ${own} fails`);
  };
  await expect(judged(fit)).rejects.toThrow("fit 1 fails");
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
