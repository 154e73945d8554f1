import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { getPriority } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import type { LearnerKind, ModelConfig } from "../../../blueprints/index.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { fitInWorker, registerLearner, type FittedModel } from "../../../trainer/index.ts";
import { root, temporaryDir } from "../../e2e/command.ts";
import { fit, referenceCase } from "../../fixtures/xgboost/reference.ts";

const { train, all, params } = referenceCase("binary-subsample");

const inWorker = (
  train: TrainingMatrix,
  holdout: TrainingMatrix,
  model: ModelConfig,
  metadata: Readonly<Record<string, string>>,
  onProgress?: (done: number, total: number) => void,
): Promise<FittedModel> => fit(train, holdout, model, metadata, onProgress, fitInWorker);

test("a worker gives the bytes and predictions the calling thread gives", async () => {
  const expected = await fit(train, all, params, { seed: "11" });
  const fitted = await inWorker(train, all, params, { seed: "11" });
  expect(fitted.onnx).toEqual(expected.onnx);
  expect(fitted.predictions).toEqual(expected.predictions);
  expect(fitted.importance).toEqual(expected.importance);
});

test("a timer keeps firing between the rounds of a training", async () => {
  let ticks = 0;
  const ticksAtRound: number[] = [];
  const timer = setInterval(() => ticks++, 1);
  await inWorker(train, all, { ...params, rounds: 400 }, {}, () => ticksAtRound.push(ticks));
  clearInterval(timer);
  expect(ticksAtRound).toHaveLength(400);
  expect(ticksAtRound.at(-1)! - ticksAtRound[0]!).toBeGreaterThan(10);
});

test.runIf(existsSync("/proc/thread-self"))(
  "the thread of a fit has a low priority, the caller's stays as it was",
  async () => {
    const niceOf = (thread: string): number => {
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
    };
    const own = getPriority();
    const low: number[] = [];
    await inWorker(train, all, { ...params, rounds: 50 }, {}, () => {
      low.push(readdirSync("/proc/self/task").filter((thread) => niceOf(thread) === own + 10).length);
    });
    expect(low).toHaveLength(50);
    expect(Math.min(...low)).toBeGreaterThan(0);
    expect(getPriority()).toBe(own);
  },
);

test("an error in the worker comes back as an Error with its message", async () => {
  const features = train.features.with(0, Infinity);
  const failed = inWorker({ ...train, features }, all, params, {});
  await expect(failed).rejects.toThrow(Error);
  await expect(failed).rejects.toThrow("Input data contains `inf`");
});

test("throwing from onProgress ends the fit with that error", async () => {
  const onProgress = (): void => {
    throw new Error("enough");
  };
  await expect(inWorker(train, all, params, {}, onProgress)).rejects.toThrow("enough");
});

test("the caller keeps its arrays, and a view is not confused with its buffer", async () => {
  const whole = new Float32Array(train.features.length + 5).fill(99);
  whole.set(train.features, 5);
  const viewed = await inWorker({ ...train, features: whole.subarray(5) }, all, params, {});
  const plain = await inWorker(train, all, params, {});
  expect(viewed.onnx).toEqual(plain.onnx);
  expect(train.features).toHaveLength(train.rows * train.columns);
});

describe("a learner that a product registers", () => {
  const dir = temporaryDir();
  afterAll(() => dir.remove());
  const file = join(dir.path, "learner.ts");
  writeFileSync(
    file,
    `import { isMainThread } from "node:worker_threads";
import { encodeModel, registerLearner } from ${JSON.stringify(join(root, "trainer/index.ts"))};
registerLearner({
  kind: { name: "mean", objectives: ["binary", "regression"], parameters: {} },
  module: import.meta.url,
  async fit({ columns, labels: [{ values }], metadata }) {
    if (isMainThread) throw new Error("on the thread that decides");
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const onnx = encodeModel({
      ...{ name: "mean", input: { name: "features", columns }, outputs: [{ name: "prediction", columns: 1 }], metadata },
      nodes: [
        { operator: "LinearRegressor", domain: "ai.onnx.ml", inputs: ["features"], outputs: ["prediction"],
          attributes: {
            coefficients: { kind: "floats", value: new Array(columns).fill(0) },
            intercepts: { kind: "floats", value: [mean] },
          } },
      ],
    });
    return { onnx, importance: new Array(columns).fill(0) };
  },
});
`,
  );
  const model = { objective: "binary", learner: "mean", seed: 0 } as unknown as ModelConfig;
  const known = { ...train, features: train.features.map((value) => (Number.isNaN(value) ? 0 : value)) };

  test("is fitted in a worker, which imports the file that registers it", async () => {
    const kind = { name: "mean", objectives: ["binary"], parameters: {} } as unknown as LearnerKind;
    const here = () => Promise.reject(new Error("on the thread that decides"));
    registerLearner({ kind, module: pathToFileURL(file).href, fit: here });
    const fitted = await inWorker(known, known, model, { seed: "0" });
    const mean = train.labels.reduce((sum, label) => sum + label, 0) / train.rows;
    expect(fitted.predictions).toHaveLength(train.rows);
    expect(fitted.predictions[0]).toBeCloseTo(mean, 6);
  });

  test("is fitted on the calling thread where it names no file", async () => {
    const kind = { name: "nowhere", objectives: ["binary"], parameters: {} } as unknown as LearnerKind;
    registerLearner({ kind, fit: () => Promise.reject(new Error("asked here")) });
    const nowhere = { ...model, learner: "nowhere" } as unknown as ModelConfig;
    await expect(inWorker(known, known, nowhere, {})).rejects.toThrow("asked here");
  });
});

describe("a worker that has ended its fit", () => {
  const threads = (): number => readdirSync("/proc/self/task").length;

  test("fits the next model, to the same bytes as the one before", async () => {
    const other = referenceCase("binary");
    const first = await inWorker(train, all, params, { seed: "11" });
    await inWorker(other.train, other.all, other.params, {});
    const again = await inWorker(train, all, params, { seed: "11" });
    expect(again.onnx).toEqual(first.onnx);
    expect(again.predictions).toEqual(first.predictions);
  });

  test.runIf(existsSync("/proc/thread-self"))("is there once, however many fits follow each other", async () => {
    await inWorker(train, all, params, {});
    const before = threads();
    for (let fits = 0; fits < 3; fits++) await inWorker(train, all, params, {});
    expect(threads()).toBe(before);
    await Promise.all([inWorker(train, all, params, {}), inWorker(train, all, params, {})]);
    await expect.poll(threads).toBeLessThanOrEqual(before);
  });

  test("is ended where its fit failed, and the next fit has a new one", async () => {
    const onProgress = (): void => {
      throw new Error("enough");
    };
    await expect(inWorker(train, all, params, {}, onProgress)).rejects.toThrow("enough");
    expect((await inWorker(train, all, params, {})).predictions).toHaveLength(all.rows);
  });
});
