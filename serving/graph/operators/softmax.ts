import { inner, integerOf, type GraphOperator } from "../operator.ts";
import { rowsOf } from "../value.ts";

export const softmax: GraphOperator = {
  name: "Softmax",
  attributes: ["axis"],
  inputs: [1, 1],
  compile(call) {
    const [input] = call.inputs;
    if (input!.constant || input!.kind !== "float" || input!.dims.length !== 1)
      return "its input is no float[N, columns]";
    if (inner(integerOf(call, "axis", -1), input!.dims) !== 0) return "it mixes the rows";
    const { data: from, size } = input!;
    const output = rowsOf("float", input!.dims);
    const to = output.data;
    const parts = new Float64Array(size);
    return {
      outputs: [output],
      step: (rows) => {
        for (let start = 0; start < rows * size; start += size) {
          let most = Number.NEGATIVE_INFINITY;
          for (let at = 0; at < size; at++) most = Math.max(most, from[start + at]!);
          let sum = 0;
          for (let at = 0; at < size; at++) sum += parts[at] = Math.exp(from[start + at]! - most);
          for (let at = 0; at < size; at++) to[start + at] = parts[at]! / sum;
        }
      },
    };
  },
};
