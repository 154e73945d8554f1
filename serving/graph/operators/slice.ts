import { copied } from "../copied.ts";
import { inner, wholeOf, type GraphOperator } from "../operator.ts";

export const slice: GraphOperator = {
  name: "Slice",
  attributes: [],
  inputs: [3, 5],
  compile(call) {
    const [input] = call.inputs;
    if (input!.constant || input!.dims.length !== 1) return "its input is no tensor [N, columns]";
    const [starts, ends, axes, steps] = [
      wholeOf(call, 1, "starts"),
      wholeOf(call, 2, "ends"),
      wholeOf(call, 3, "axes"),
      wholeOf(call, 4, "steps"),
    ];
    for (const part of [starts, ends, axes, steps]) if (typeof part === "string") return part;
    const [start, end, axis, step] = [starts, ends, axes, steps].map((part) => part as readonly number[] | undefined);
    if (start?.length !== 1 || end?.length !== 1 || axis?.length !== 1 || inner(Number(axis[0]), input!.dims) !== 0) {
      return "it is not over the columns alone";
    }
    if (Number(step?.[0] ?? 1) !== 1) return "it takes other steps than 1";
    const { size } = input!;
    const within = (place: number): number => Math.min(Math.max(place < 0 ? place + size : place, 0), size);
    const [from, to] = [within(start[0]!), within(end[0]!)];
    if (from >= to) return "it takes no columns";
    return copied(
      input!,
      Int32Array.from({ length: to - from }, (_, at) => from + at),
      [to - from],
    );
  },
};
