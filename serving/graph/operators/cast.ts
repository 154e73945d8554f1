import type { TensorKind } from "../../onnx/onnx-tensor.ts";
import { integerOf, type GraphOperator } from "../operator.ts";
import { rowsOf } from "../value.ts";

/** TensorProto.DataType in onnx.proto. */
const KINDS: Readonly<Record<number, TensorKind>> = { 1: "float", 7: "int64", 9: "bool" };

/** The smallest int64: what processors make of a number that is none. */
const NO_NUMBER = -(2 ** 63);

const MEANT: Readonly<Record<TensorKind, (x: number) => number>> = {
  float: (x) => x,
  int64: (x) => (x >= NO_NUMBER && x < -NO_NUMBER ? Math.trunc(x) : NO_NUMBER),
  bool: (x) => (x === 0 ? 0 : 1),
};

export const cast: GraphOperator = {
  name: "Cast",
  attributes: ["to"],
  inputs: [1, 1],
  compile(call) {
    const [input] = call.inputs;
    const to = integerOf(call, "to", 0);
    const kind = KINDS[to];
    if (kind === undefined) return `it makes numbers of the type ${to}`;
    if (input!.constant) return "its input is a constant";
    const { data, size } = input!;
    const output = rowsOf(kind, input!.dims);
    const of = MEANT[kind];
    return {
      outputs: [output],
      step: (rows) => {
        for (let at = 0; at < rows * size; at++) output.data[at] = of(data[at]!);
      },
    };
  },
};
