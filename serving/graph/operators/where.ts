import { broadcast } from "../broadcast.ts";
import type { GraphOperator } from "../operator.ts";
import { rowsOf } from "../value.ts";

export const where: GraphOperator = {
  name: "Where",
  attributes: [],
  inputs: [3, 3],
  compile({ inputs }) {
    const [condition, yes, no] = [inputs[0]!, inputs[1]!, inputs[2]!];
    if (condition.kind !== "bool" || yes.kind !== no.kind) {
      return `its inputs are of ${condition.kind}, ${yes.kind} and ${no.kind}`;
    }
    const shape = broadcast([condition, yes, no]);
    if (typeof shape === "string") return shape;
    const output = rowsOf(yes.kind, shape.dims);
    const { data, size } = output;
    const [of, ifTrue, ifFalse] = shape.readers;
    return {
      outputs: [output],
      step: (rows) => {
        for (let row = 0; row < rows; row++) {
          for (let at = 0; at < size; at++) {
            const from = of!.data[row * of!.stride + of!.places[at]!] === 1 ? ifTrue! : ifFalse!;
            data[row * size + at] = from.data[row * from.stride + from.places[at]!]!;
          }
        }
      },
    };
  },
};
