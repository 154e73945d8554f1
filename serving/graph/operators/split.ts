import { copied } from "../copied.ts";
import { inner, integerOf, wholeOf, type GraphOperator } from "../operator.ts";

export const split: GraphOperator = {
  name: "Split",
  attributes: ["axis", "num_outputs"],
  inputs: [1, 2],
  compile(call) {
    const [input] = call.inputs;
    if (input!.constant || input!.dims.length !== 1) return "its input is no tensor [N, columns]";
    if (inner(integerOf(call, "axis", 0), input!.dims) !== 0) return "it mixes the rows";
    const { size } = input!;
    const widths = wholeOf(call, 1, "split") ?? new Array<number>(call.outputs).fill(size / call.outputs);
    if (typeof widths === "string") return widths;
    const whole = widths.every((width) => Number.isInteger(width) && width > 0);
    if (!whole || widths.length !== call.outputs || widths.reduce((sum, width) => sum + width, 0) !== size) {
      return `${size} columns are not ${widths.join(" + ")}`;
    }
    let from = 0;
    const parts = widths.map((width) => {
      const part = copied(
        input!,
        Int32Array.from({ length: width }, (_, at) => from + at),
        [width],
      );
      from += width;
      return part;
    });
    return {
      outputs: parts.flatMap(({ outputs }) => outputs),
      step: (rows) => {
        for (const { step } of parts) step!(rows);
      },
    };
  },
};
