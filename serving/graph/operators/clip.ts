import type { GraphOperator } from "../operator.ts";
import { rowsOf, type Value } from "../value.ts";

/** The largest float32: an absent bound is that, and no infinity. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

export const clip: GraphOperator = {
  name: "Clip",
  attributes: [],
  inputs: [1, 3],
  compile({ inputs: [input, min, max] }) {
    if (input!.constant || input!.kind !== "float") return "its input is no float of rows";
    const bounds = [boundOf(min, -LARGEST), boundOf(max, LARGEST)];
    const [low, high] = bounds;
    if (low === undefined || high === undefined) return "a bound is no constant";
    const { data, size } = input!;
    const output = rowsOf("float", input!.dims);
    return {
      outputs: [output],
      step: (rows) => {
        for (let at = 0; at < rows * size; at++) {
          const value = data[at]!;
          output.data[at] = value < low ? low : value > high ? high : value;
        }
      },
    };
  },
};

function boundOf(value: Value | undefined, absent: number): number | undefined {
  if (value === undefined) return absent;
  return value.constant && value.kind === "float" && value.data.length === 1 ? value.data[0] : undefined;
}
