import { flatten, treeAttributes, treesOf } from "../../trees/tree-model.ts";
import type { GraphOperator } from "../operator.ts";
import { rowsOf } from "../value.ts";

export const trees: GraphOperator = {
  name: "ai.onnx.ml.TreeEnsembleRegressor",
  attributes: [...treeAttributes],
  inputs: [1, 1],
  compile({ inputs: [input], attributes }) {
    if (input!.constant || input!.kind !== "float" || input!.dims.length !== 1)
      return "its input is no float[N, columns]";
    const ensemble = treesOf(attributes, input!.size);
    if (ensemble === undefined) return "its trees are not of the kind that is walked here";
    const walked = flatten(ensemble);
    if (walked === undefined) return "the process has no addresses left for its trees";
    const data = input!.data as Float32Array;
    const output = rowsOf("float", [1]);
    return {
      outputs: [output],
      step: (rows) => void output.data.set(walked.sums(data.subarray(0, rows * input!.size), rows)),
    };
  },
};
