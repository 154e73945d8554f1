import { inner, integerOf, type GraphOperator } from "../operator.ts";
import { rowsOf } from "../value.ts";

export const concat: GraphOperator = {
  name: "Concat",
  attributes: ["axis"],
  inputs: [1, Number.POSITIVE_INFINITY],
  compile(call) {
    const parts = call.inputs.flatMap((value) => (value === undefined || value.constant ? [] : [value]));
    const [first] = parts;
    if (first === undefined || parts.length !== call.inputs.length) return "an input is a constant";
    if (parts.some(({ kind, dims }) => kind !== first.kind || dims.length !== 1)) {
      return "its inputs are no tensors [N, columns] of one kind";
    }
    if (inner(integerOf(call, "axis", 0), first.dims) !== 0) return "it mixes the rows";
    const width = parts.reduce((sum, { size }) => sum + size, 0);
    const output = rowsOf(first.kind, [width]);
    return {
      outputs: [output],
      step: (rows) => {
        let column = 0;
        for (const { data, size } of parts) {
          for (let row = 0; row < rows; row++) {
            for (let at = 0; at < size; at++) output.data[row * width + column + at] = data[row * size + at]!;
          }
          column += size;
        }
      },
    };
  },
};
