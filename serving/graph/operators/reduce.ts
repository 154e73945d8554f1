import { inner, integerOf, wholeOf, type GraphOperator } from "../operator.ts";
import { rowsOf } from "../value.ts";

/** The sum or the mean of a row's columns. */
function reduce(name: string, mean: boolean): GraphOperator {
  return {
    name,
    attributes: ["axes", "keepdims", "noop_with_empty_axes"],
    inputs: [1, 2],
    compile(call) {
      const [input] = call.inputs;
      if (input!.constant || input!.kind !== "float" || input!.dims.length !== 1)
        return "its input is no float[N, columns]";
      const axes = wholeOf(call, 1, "axes");
      if (typeof axes === "string") return axes;
      if (axes?.length !== 1 || inner(axes[0]!, input!.dims) !== 0) return "it is not over the columns alone";
      const { data, size } = input!;
      const output = rowsOf("float", integerOf(call, "keepdims", 1) === 0 ? [] : [1]);
      const divisor = mean ? size : 1;
      return {
        outputs: [output],
        step: (rows) => {
          for (let row = 0; row < rows; row++) {
            let sum = 0;
            for (let at = 0; at < size; at++) sum += data[row * size + at]!;
            output.data[row] = sum / divisor;
          }
        },
      };
    },
  };
}

export const reduceOperators: readonly GraphOperator[] = [reduce("ReduceSum", false), reduce("ReduceMean", true)];
