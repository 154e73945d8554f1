import { expect, test } from "vitest";
import { loadScorer } from "../../../serving/index.ts";
import { openOnnxModel } from "../../../serving/onnx/onnx-session.ts";
import { blendModels, encodeModel, onnxFromTrees, type GraphNode } from "../../../trainer/onnx/index.ts";

/** A tree that gives one margin to every row. */
const sure = (margin: number): Uint8Array => {
  const leaf = { left: [-1], right: [-1], column: [0], condition: [margin], missingLeft: [true], gain: [0] };
  return onnxFromTrees({ objective: "binary:logistic", columns: 1, baseScore: 0.5, trees: [leaf] }, {});
};

/** A learner of a product may end in another way. */
const plain = (probability: number): Uint8Array => {
  const nodes: GraphNode[] = [
    { ...{ operator: "Sub", domain: "", inputs: ["features", "features"], outputs: ["none"] }, attributes: {} },
    { ...{ operator: "Add", domain: "", inputs: ["none", "chance"], outputs: ["prediction"] }, attributes: {} },
  ];
  const tensors = [{ name: "chance", shape: [], values: Float32Array.of(probability) }];
  const input = { name: "features", columns: 1 };
  const outputs = [{ name: "prediction", columns: 1 }];
  return encodeModel({ name: "plain", input, outputs, nodes, tensors, metadata: {} });
};

async function predicted(files: readonly Uint8Array[]): Promise<readonly number[]> {
  const onnx = blendModels(files, "binary", { label: "late" });
  const [scorer, runtime] = [await loadScorer(onnx), await openOnnxModel(onnx)];
  const row = Float32Array.of(1);
  const found = [(await scorer.score(row, 1))[0]![0]!, (await runtime.predict(row, 1))[0]![0]!];
  await Promise.all([scorer.release(), runtime.release()]);
  return found;
}

test("members that are all but certain blend to the mean of their log odds, with all digits", async () => {
  for (const chance of await predicted([sure(15), sure(-14.9)])) {
    expect(Math.abs(chance - 1 / (1 + Math.exp(-0.05)))).toBeLessThan(1e-6);
  }
});

test("no member is more certain than one in ten million", async () => {
  const most = Math.log((1 - 1e-7) / 1e-7);
  for (const chance of await predicted([sure(40), sure(-10)])) {
    expect(Math.abs(chance - 1 / (1 + Math.exp(-(most - 10) / 2)))).toBeLessThan(1e-6);
  }
});

test("a member that ends in no sigmoid blends by the log odds of its probability", async () => {
  for (const chance of await predicted([sure(2), plain(0.25)])) {
    expect(Math.abs(chance - 1 / (1 + Math.exp(-(2 - Math.log(3)) / 2)))).toBeLessThan(1e-6);
  }
});
