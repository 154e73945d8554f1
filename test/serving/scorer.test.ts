import { beforeAll, expect, test } from "vitest";
import { loadScorer, readOnnxMetadata } from "../../serving/index.ts";
import { fit, largestDifference, referenceCase } from "../fixtures/xgboost/reference.ts";
import { DomainError } from "../../schemas/index.ts";

const { train, all, params } = referenceCase("binary");
const metadata = { useCase: "délais ✈", blueprint: "3", empty: "", "": "no key", long: "x".repeat(300) };
let onnx: Uint8Array;
let predictions: Float32Array;

beforeAll(async () => {
  ({ onnx, predictions } = await fit(train, all, { ...params, rounds: 10 }, metadata));
});

test("scores are the booster's predictions", async () => {
  const scorer = await loadScorer(onnx);
  const batch = (await scorer.score(all.features, all.rows))[0]!;
  await scorer.release();
  expect(largestDifference(batch, predictions)).toBeLessThanOrEqual(1e-5);
});

test.each([1, 2, 7, 50, 51, 128, 250])(
  "a row's score has the same bits in batches of %i as in one of all",
  async (size) => {
    const learned = await fit(train, all, { ...params, rounds: 200, depth: 4 }, metadata);
    const scorer = await loadScorer(learned.onnx);
    const rows = 500;
    const whole = (await scorer.score(all.features, all.rows))[0]!;
    const parts = new Float32Array(rows);
    for (let row = 0; row < rows; row += size) {
      const count = Math.min(size, rows - row);
      const features = all.features.slice(row * all.columns, (row + count) * all.columns);
      parts.set((await scorer.score(features, count))[0]!, row);
    }
    await scorer.release();
    expect(new Uint32Array(parts.buffer)).toEqual(new Uint32Array(whole.slice(0, rows).buffer));
  },
);

test("metadata comes back as it was written", async () => {
  const scorer = await loadScorer(onnx);
  await scorer.release();
  expect(scorer.metadata).toEqual(metadata);
  expect(readOnnxMetadata(onnx)).toEqual(metadata);
});

test("no rows give no scores", async () => {
  const scorer = await loadScorer(onnx);
  expect(await scorer.score(new Float32Array(0), 0)).toEqual([new Float32Array(0)]);
  await scorer.release();
});

test("features that are not rows × columns are refused", async () => {
  const scorer = await loadScorer(onnx);
  await expect(scorer.score(new Float32Array(13), 1)).rejects.toThrow("13 features are not 1 rows × the model's 12");
  await scorer.release();
});

test("a released scorer is refused, releasing twice is not", async () => {
  const scorer = await loadScorer(onnx);
  await scorer.release();
  await scorer.release();
  await expect(scorer.score(all.features, all.rows)).rejects.toThrow("released");
});

test("bytes that are no model are refused with what to do next", async () => {
  await expect(loadScorer(onnx.slice(0, 500))).rejects.toThrow("500 bytes do not load as an ONNX model");
  await expect(loadScorer(Uint8Array.of(1, 2, 3))).rejects.toThrow("publish the model again");
});

test("metadata of a file that was cut off is refused", () => {
  expect(() => readOnnxMetadata(onnx.slice(0, onnx.length - 10))).toThrow(DomainError);
});
