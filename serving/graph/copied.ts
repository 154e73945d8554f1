import type { Compiled, Step } from "./operator.ts";
import { rowsOf, type Rows } from "./value.ts";

/** Values of each row, by their places in it. */
export function copied(input: Rows, places: Int32Array, dims: readonly number[]): Compiled {
  const output = rowsOf(input.kind, dims);
  const [from, to, size] = [input.data, output.data, output.size];
  const step: Step = (rows) => {
    for (let row = 0; row < rows; row++) {
      for (let at = 0; at < size; at++) to[row * size + at] = from[row * input.size + places[at]!]!;
    }
  };
  return { outputs: [output], step };
}
