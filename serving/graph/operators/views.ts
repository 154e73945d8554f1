import { sizeOf } from "../../onnx/onnx-tensor.ts";
import { inner, integerOf, wholeOf, type GraphOperator } from "../operator.ts";
import { reshaped } from "../value.ts";

const identity: GraphOperator = {
  name: "Identity",
  attributes: [],
  inputs: [1, 1],
  compile: ({ inputs: [input] }) => ({ outputs: [input!] }),
};

const reshape: GraphOperator = {
  name: "Reshape",
  attributes: ["allowzero"],
  inputs: [2, 2],
  compile(call) {
    const [input] = call.inputs;
    const shape = wholeOf(call, 1, "shape");
    if (input!.constant) return "its input is a constant";
    if (typeof shape === "string" || shape === undefined) return shape ?? "it has no shape";
    const [rows, ...dims] = shape;
    const same = rows === -1 || (rows === 0 && integerOf(call, "allowzero", 0) === 0);
    if (!same || dims.some((dim) => dim <= 0) || sizeOf(dims) !== input!.size) return "it mixes the rows";
    return { outputs: [reshaped(input!, dims)] };
  },
};

const flatten: GraphOperator = {
  name: "Flatten",
  attributes: ["axis"],
  inputs: [1, 1],
  compile(call) {
    const [input] = call.inputs;
    if (input!.constant) return "its input is a constant";
    const axis = integerOf(call, "axis", 1);
    if (axis !== 1 && axis !== -input!.dims.length) return "it mixes the rows";
    return { outputs: [reshaped(input!, [input!.size])] };
  },
};

const squeeze: GraphOperator = {
  name: "Squeeze",
  attributes: [],
  inputs: [1, 2],
  compile(call) {
    const [input] = call.inputs;
    const axes = wholeOf(call, 1, "axes");
    if (input!.constant) return "its input is a constant";
    // Without axes one row alone would lose the dimension of its rows.
    if (typeof axes === "string" || axes === undefined) return axes ?? "it names no axes";
    const gone = axes.map((axis) => inner(axis, input!.dims));
    if (gone.some((at) => at === undefined || input!.dims[at] !== 1)) return "it drops an axis that is not of length 1";
    return {
      outputs: [
        reshaped(
          input!,
          input!.dims.filter((_, at) => !gone.includes(at)),
        ),
      ],
    };
  },
};

const unsqueeze: GraphOperator = {
  name: "Unsqueeze",
  attributes: [],
  inputs: [2, 2],
  compile(call) {
    const [input] = call.inputs;
    const axes = wholeOf(call, 1, "axes");
    if (input!.constant) return "its input is a constant";
    if (typeof axes === "string" || axes === undefined) return axes ?? "it names no axes";
    const rank = input!.dims.length + 1 + axes.length;
    const places = axes.map((axis) => (axis < 0 ? axis + rank : axis));
    const distinct = new Set(places).size === places.length;
    if (!distinct || places.some((place) => place < 1 || place >= rank)) return "it moves the axis of the rows";
    const rest = [...input!.dims];
    const dims = Array.from({ length: rank - 1 }, (_, at) => (places.includes(at + 1) ? 1 : rest.shift()!));
    return { outputs: [reshaped(input!, dims)] };
  },
};

export const viewOperators: readonly GraphOperator[] = [identity, reshape, flatten, squeeze, unsqueeze];
