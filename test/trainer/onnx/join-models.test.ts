import { describe, expect, test } from "vitest";
import { loadScorer, readOnnxMetadata } from "../../../serving/index.ts";
import { openOnnxModel } from "../../../serving/onnx/onnx-session.ts";
import { encodeModel, joinModels, onnxFromTrees, type GraphNode } from "../../../trainer/onnx/index.ts";
import type { TreeModel } from "../../../trainer/xgboost/index.ts";

/** One tree over the first of two columns: `below` under the threshold, `above` from it on. */
const stump = (objective: TreeModel["objective"], threshold: number, below: number, above: number): Uint8Array =>
  onnxFromTrees(
    {
      ...{ objective, columns: 2, baseScore: 0.5 },
      trees: [
        {
          ...{ left: [1, -1, -1], right: [2, -1, -1], column: [0, 0, 0], condition: [threshold, below, above] },
          ...{ missingLeft: [false, false, false], gain: [1, 0, 0] },
        },
      ],
    },
    { label: "of its own" },
  );
const late = stump("binary:logistic", 10, -2, 2);
const minutes = stump("reg:squarederror", 5, 1, 30);
/** A file that is not trees: its inner names and tensors are those of any other. */
const product = (name: string): Uint8Array => {
  const nodes: GraphNode[] = [
    { ...{ operator: "ReduceSum", domain: "", inputs: ["features"], outputs: ["sum"] }, attributes: {} },
    { ...{ operator: "Mul", domain: "", inputs: ["sum", "sum"], outputs: ["prediction"] }, attributes: {} },
  ];
  const input = { name: "features", columns: 2 };
  return encodeModel({ name, input, outputs: [{ name: "prediction", columns: 1 }], nodes, metadata: {} });
};
const rows = Float32Array.of(3, 0, 7, 1, NaN, 2, 12, 3);

async function scored(onnx: Uint8Array): Promise<Readonly<Record<string, readonly number[]>>> {
  const scorer = await loadScorer(onnx);
  const outputs = await scorer.score(rows, 4);
  const found = Object.fromEntries(scorer.outputs.map((name, at) => [name, [...outputs[at]!]]));
  await scorer.release();
  return found;
}
const alone = async (onnx: Uint8Array): Promise<readonly number[]> => Object.values(await scored(onnx))[0]!;

/** A file whose input and output have names of their own. */
const named = (input: string, output: string, factor: number): Uint8Array =>
  encodeModel({
    ...{ name: "line", input: { name: input, columns: 2 }, outputs: [{ name: output, columns: 1 }], metadata: {} },
    nodes: [
      { ...{ operator: "Identity", domain: "", inputs: [input], outputs: ["prediction"] }, attributes: {} },
      {
        ...{ operator: "LinearRegressor", domain: "ai.onnx.ml", inputs: ["prediction"], outputs: [output] },
        attributes: {
          coefficients: { kind: "floats", value: [factor, 1] },
          intercepts: { kind: "floats", value: [0] },
        },
      },
    ],
  });

test("files whose inputs and outputs have names of their own are joined too", async () => {
  const [one, two] = [named("x", "late", 2), named("late", "minutes", 3)];
  const expected = { late: await alone(one), minutes: await alone(two) };
  const models = [
    { label: "late", onnx: one },
    { label: "minutes", onnx: two },
  ];
  expect(await scored(joinModels(models, {}))).toEqual(expected);
});

describe("models of several labels in one file", () => {
  const joined = joinModels(
    [
      { label: "late", onnx: late },
      { label: "minutes", onnx: minutes },
    ],
    { seed: "7" },
  );

  test("predict what each does alone, by the labels' names, walked here and run by ONNX Runtime", async () => {
    const expected = { late: await alone(late), minutes: await alone(minutes) };
    expect(await scored(joined)).toEqual(expected);
    const session = await openOnnxModel(joined);
    expect(session.outputs).toEqual(["late", "minutes"]);
    const [lates, all] = await session.predict(rows, 4);
    for (const [at, value] of lates!.entries()) expect(value).toBeCloseTo(expected.late[at]!, 6);
    expect([...all!]).toEqual(expected.minutes);
    await session.release();
  });

  test("have the file's metadata, and the same bytes each time", () => {
    expect(readOnnxMetadata(joined)).toEqual({ seed: "7" });
    const again = joinModels(
      [
        { label: "late", onnx: late },
        { label: "minutes", onnx: minutes },
      ],
      { seed: "7" },
    );
    expect(Buffer.compare(again, joined)).toBe(0);
  });

  test("may be of any graph, with the same names inside, and a label may be called as the input is", async () => {
    const any = joinModels(
      [
        { label: "features", onnx: product("one") },
        { label: "prediction", onnx: product("two") },
        { label: "sum", onnx: minutes },
      ],
      {},
    );
    const squares = [9, 64, NaN, 225];
    expect(await scored(any)).toEqual({ features: squares, prediction: squares, sum: await alone(minutes) });
  });

  test("that take other inputs are told by their labels", () => {
    const narrow = onnxFromTrees({ objective: "reg:squarederror", columns: 1, baseScore: 0, trees: [] }, {});
    const of = [
      { label: "late", onnx: late },
      { label: "minutes", onnx: narrow },
    ];
    expect(() => joinModels(of, {})).toThrow("the models of late and minutes are of different input");
  });
});
