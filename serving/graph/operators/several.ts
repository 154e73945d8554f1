import { broadcast } from "../broadcast.ts";
import type { GraphOperator } from "../operator.ts";
import { rowsOf } from "../value.ts";

/** A result of one number from one of each input, taken in their order. */
function several(name: string, join: (so: number, next: number) => number, mean = false): GraphOperator {
  return {
    name,
    attributes: [],
    inputs: [1, Number.POSITIVE_INFINITY],
    compile({ inputs }) {
      const values = inputs.flatMap((value) => value ?? []);
      if (values.length !== inputs.length) return "an input is left out";
      if (values.some(({ kind }) => kind !== "float")) return "an input is not of float";
      const shape = broadcast(values);
      if (typeof shape === "string") return shape;
      const output = rowsOf("float", shape.dims);
      const { data, size } = output;
      const [first, ...others] = shape.readers;
      const divisor = mean ? values.length : 1;
      return {
        outputs: [output],
        step: (rows) => {
          for (let row = 0; row < rows; row++) {
            for (let at = 0; at < size; at++) {
              let so = first!.data[row * first!.stride + first!.places[at]!]!;
              for (const next of others) so = join(so, next.data[row * next.stride + next.places[at]!]!);
              data[row * size + at] = so / divisor;
            }
          }
        },
      };
    },
  };
}

export const severalOperators: readonly GraphOperator[] = [
  several("Sum", (sum, next) => sum + next),
  several("Mean", (sum, next) => sum + next, true),
  several("Max", (most, next) => Math.max(most, next)),
  several("Min", (least, next) => Math.min(least, next)),
];
