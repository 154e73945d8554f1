import type { TensorKind } from "../../onnx/onnx-tensor.ts";
import type { GraphOperator } from "../operator.ts";
import { rowsOf } from "../value.ts";

/** A result of one number from one number. */
function unary(name: string, of: (x: number) => number, from: TensorKind = "float", to = from): GraphOperator {
  return {
    name,
    attributes: [],
    inputs: [1, 1],
    compile({ inputs: [input] }) {
      if (input!.constant) return "its input is a constant";
      if (input!.kind !== from) return `its input is of ${input!.kind}`;
      const { data, size } = input!;
      const output = rowsOf(to, input!.dims);
      const results = output.data;
      return {
        outputs: [output],
        step: (rows) => {
          for (let at = 0; at < rows * size; at++) results[at] = of(data[at]!);
        },
      };
    },
  };
}

export const unaryOperators: readonly GraphOperator[] = [
  unary("Sigmoid", (x) => 1 / (1 + Math.exp(-x))),
  unary("Tanh", Math.tanh),
  unary("Relu", (x) => (x < 0 ? 0 : x)),
  unary("Neg", (x) => -x),
  unary("Abs", Math.abs),
  unary("Exp", Math.exp),
  unary("Log", Math.log),
  unary("Sqrt", Math.sqrt),
  unary("Sign", Math.sign),
  unary("IsNaN", (x) => (x !== x ? 1 : 0), "float", "bool"),
  unary("Not", (x) => 1 - x, "bool"),
];
