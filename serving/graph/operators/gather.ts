import { DomainError } from "../../../schemas/index.ts";
import { inner, integerOf, type Compiled, type GraphOperator } from "../operator.ts";
import { copied } from "../copied.ts";
import { rowsOf, type Constant, type Rows } from "../value.ts";

export const gather: GraphOperator = {
  name: "Gather",
  attributes: ["axis"],
  inputs: [2, 2],
  compile(call) {
    const [data, indices] = [call.inputs[0]!, call.inputs[1]!];
    const axis = integerOf(call, "axis", 0);
    if (indices.kind !== "int64") return `its indices are of ${indices.kind}`;
    if (!data.constant && indices.constant) return columns(data, indices, axis);
    if (!data.constant || indices.constant) return "it does not take rows of a constant, nor constant columns";
    if (axis !== 0 && axis !== -data.dims.length) return "it does not take rows of a constant";
    return lookUp(data, indices);
  },
};

/** The same columns of each row. */
function columns(data: Rows, indices: Constant, axis: number): Compiled | string {
  const of = data.dims.length === 1 ? inner(axis, data.dims) : undefined;
  if (of === undefined) return "it does not take columns of float[N, columns]";
  const places = Int32Array.from(indices.data, (index) => (index < 0 ? index + data.size : index));
  if (places.some((place) => place < 0 || place >= data.size)) return "it takes a column that is not there";
  return copied(data, places, indices.dims);
}

/** For each index of a row, that row of a constant: embeddings. An index below 0 counts from the end. */
function lookUp(table: Constant, indices: Rows): Compiled | string {
  const [entries, ...dims] = table.dims;
  if (entries === undefined) return "it takes rows of a single value";
  const width = entries === 0 ? 0 : table.data.length / entries;
  const output = rowsOf(table.kind, [...indices.dims, ...dims]);
  const [from, to, values] = [indices.data, output.data, table.data];
  return {
    outputs: [output],
    step: (rows) => {
      for (let at = 0; at < rows * indices.size; at++) {
        const index = from[at]!;
        const entry = index < 0 ? index + entries : index;
        if (!(entry >= 0 && entry < entries)) {
          throw new DomainError(
            "BAD_MODEL",
            `the model's Gather was asked for entry ${index} of ${entries}; publish a model that bounds its codes`,
          );
        }
        for (let part = 0; part < width; part++) to[at * width + part] = values[entry * width + part]!;
      }
    },
  };
}
