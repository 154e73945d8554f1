import type { OnnxTensor } from "../../onnx/onnx-tensor.ts";
import type { GraphOperator } from "../operator.ts";
import { constantOf } from "../value.ts";

export const constant: GraphOperator = {
  name: "Constant",
  attributes: ["value", "value_float", "value_floats", "value_int", "value_ints"],
  inputs: [0, 0],
  compile({ attributes }) {
    const [[name, attribute] = []] = attributes;
    if (name === undefined || attribute === undefined || attributes.size > 1) return "it has not one value";
    const { tensor, floats, integers } = attribute;
    if (name === "value") {
      return tensor === undefined ? "its value is of another type" : { outputs: [constantOf(tensor)] };
    }
    const whole = name.startsWith("value_int");
    const values = whole ? integers : floats;
    const of: OnnxTensor = { kind: whole ? "int64" : "float", dims: name.endsWith("s") ? [values.length] : [], values };
    return { outputs: [constantOf(of)] };
  },
};
