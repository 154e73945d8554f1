import type { TensorKind } from "../../onnx/onnx-tensor.ts";
import { broadcast, elementwise } from "../broadcast.ts";
import type { GraphOperator } from "../operator.ts";

/** A result of one number from two. */
function binary(
  name: string,
  of: (a: number, b: number) => number,
  kinds: readonly TensorKind[],
  to?: TensorKind,
): GraphOperator {
  return {
    name,
    attributes: [],
    inputs: [2, 2],
    compile({ inputs }) {
      const [a, b] = [inputs[0]!, inputs[1]!];
      if (a.kind !== b.kind || !kinds.includes(a.kind)) return `its inputs are of ${a.kind} and ${b.kind}`;
      const shape = broadcast([a, b]);
      if (typeof shape === "string") return shape;
      const { output, step } = elementwise(to ?? a.kind, shape, of);
      return { outputs: [output], step };
    },
  };
}

const NUMBERS = ["float", "int64"] as const;

export const binaryOperators: readonly GraphOperator[] = [
  binary("Add", (a, b) => a + b, NUMBERS),
  binary("Sub", (a, b) => a - b, NUMBERS),
  binary("Mul", (a, b) => a * b, ["float"]),
  binary("Div", (a, b) => a / b, ["float"]),
  binary("Less", (a, b) => (a < b ? 1 : 0), NUMBERS, "bool"),
  binary("LessOrEqual", (a, b) => (a <= b ? 1 : 0), NUMBERS, "bool"),
  binary("Greater", (a, b) => (a > b ? 1 : 0), NUMBERS, "bool"),
  binary("GreaterOrEqual", (a, b) => (a >= b ? 1 : 0), NUMBERS, "bool"),
  binary("Equal", (a, b) => (a === b ? 1 : 0), NUMBERS, "bool"),
  binary("And", (a, b) => a * b, ["bool"]),
  binary("Or", (a, b) => (a + b > 0 ? 1 : 0), ["bool"]),
];
