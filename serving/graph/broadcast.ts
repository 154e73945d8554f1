import type { TensorKind } from "../onnx/onnx-tensor.ts";
import type { Step } from "./operator.ts";
import { rowsOf, type Numbers, type Rows, type Value } from "./value.ts";

/** An input as the elements of a result read it. */
export interface Reader {
  readonly data: Numbers;
  /** From one row to the next; 0 for a constant. */
  readonly stride: number;
  /** For each element of a row's result, the element of the input's row. */
  readonly places: Int32Array;
}

export interface Broadcast {
  readonly dims: readonly number[];
  readonly readers: readonly Reader[];
}

/** The shapes of several inputs made one, by ONNX's (numpy's) rules. A text: why not here. */
export function broadcast(values: readonly Value[]): Broadcast | string {
  const ranks = new Set(values.flatMap((value) => (value.constant ? [] : [value.dims.length])));
  const [rank] = ranks;
  if (rank === undefined) return "all of its inputs are constants";
  if (ranks.size > 1) return "its inputs are of different ranks";
  const shapes: (readonly number[])[] = [];
  for (const { constant, dims } of values) {
    // A constant of the rows' rank has a dimension where the rows are.
    if (constant && (dims.length > rank + 1 || (dims.length === rank + 1 && dims[0] !== 1))) {
      return `a constant [${dims.join(", ")}] has values of rows`;
    }
    const own = constant && dims.length === rank + 1 ? dims.slice(1) : dims;
    shapes.push([...new Array<number>(rank - own.length).fill(1), ...own]);
  }
  const dims = shapes[0]!.map((_, at) => shapes.reduce((most, shape) => (shape[at] === 1 ? most : shape[at]!), 1));
  if (shapes.some((shape) => shape.some((dim, at) => dim !== 1 && dim !== dims[at]))) {
    return `shapes ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ")} do not agree`;
  }
  const readers = values.map((value, at) => ({
    data: value.data,
    stride: value.constant ? 0 : value.size,
    places: placesOf(shapes[at]!, dims),
  }));
  return { dims, readers };
}

/** For each element of the shape `to`, the element of the shape `from`. */
function placesOf(from: readonly number[], to: readonly number[]): Int32Array {
  let places = Int32Array.of(0);
  let step = from.reduce((product, dim) => product * dim, 1);
  for (const [at, size] of to.entries()) {
    step /= from[at]!;
    const next = new Int32Array(places.length * size);
    for (const [place, value] of places.entries()) {
      for (let index = 0; index < size; index++)
        next[place * size + index] = value + (from[at] === 1 ? 0 : index * step);
    }
    places = next;
  }
  return places;
}

/** A result of one number from a number of each of two inputs. */
export function elementwise(
  kind: TensorKind,
  { dims, readers }: Broadcast,
  of: (a: number, b: number) => number,
): { readonly output: Rows; readonly step: Step } {
  const output = rowsOf(kind, dims);
  const [a, b] = [readers[0]!, readers[1]!];
  const { data, size } = output;
  const step: Step = (rows) => {
    for (let row = 0; row < rows; row++) {
      const [to, fromA, fromB] = [row * size, row * a.stride, row * b.stride];
      for (let at = 0; at < size; at++) {
        data[to + at] = of(a.data[fromA + a.places[at]!]!, b.data[fromB + b.places[at]!]!);
      }
    }
  };
  return { output, step };
}
