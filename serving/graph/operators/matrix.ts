import { broadcast, type Reader } from "../broadcast.ts";
import { floatOf, integerOf, type Compiled, type GraphOperator } from "../operator.ts";
import { rowsOf, type Rows, type Value } from "../value.ts";

export const matMul: GraphOperator = {
  name: "MatMul",
  attributes: [],
  inputs: [2, 2],
  compile({ inputs: [a, b] }) {
    if (b!.constant && b!.dims.length === 1) return product(a!, b!, { ...plain, columns: 1, dims: [] });
    return product(a!, b!, plain);
  },
};

export const gemm: GraphOperator = {
  name: "Gemm",
  attributes: ["alpha", "beta", "transA", "transB"],
  inputs: [2, 3],
  compile(call) {
    const [a, b, c] = call.inputs;
    if (integerOf(call, "transA", 0) !== 0) return "it mixes the rows";
    const [alpha, beta] = [floatOf(call, "alpha", 1), floatOf(call, "beta", 1)];
    const transposed = integerOf(call, "transB", 0) !== 0;
    return product(a!, b!, { ...plain, alpha, beta, transposed, added: beta === 0 ? undefined : c });
  },
};

interface Terms {
  readonly alpha: number;
  readonly beta: number;
  readonly transposed: boolean;
  readonly added: Value | undefined;
  /** Of a vector that stands for a matrix. */
  readonly columns?: number;
  readonly dims?: readonly number[];
}
const plain: Terms = { alpha: 1, beta: 1, transposed: false, added: undefined };

/** Rows × matrix. */
function product(a: Value, b: Value, { alpha, beta, transposed, added, columns, dims }: Terms): Compiled | string {
  if (a.constant || a.dims.length !== 1) return "its first input is no float[N, columns]";
  if (!b.constant || b.dims.length !== (dims === undefined ? 2 : 1)) return "its second input is no constant matrix";
  if (a.kind !== "float" || b.kind !== "float") return `its inputs are of ${a.kind} and ${b.kind}`;
  const deep = b.dims[transposed ? 1 : 0]!;
  const wide = columns ?? b.dims[transposed ? 0 : 1]!;
  if (a.size !== deep) return `${a.size} columns do not fit a matrix [${b.dims.join(", ")}]`;
  // Padded with columns of zeros, whose sums nobody reads.
  const weights = new Float64Array(Math.ceil(wide / ABREAST) * ABREAST * deep);
  for (let i = 0; i < deep; i++) {
    for (let j = 0; j < wide; j++) {
      const group = Math.floor(j / ABREAST) * deep;
      weights[(group + i) * ABREAST + (j % ABREAST)] = b.data[transposed ? j * deep + i : i * wide + j]!;
    }
  }
  const output = rowsOf("float", dims ?? [wide]);
  let bias: Reader | undefined;
  if (added !== undefined) {
    if (added.kind !== "float") return `it adds ${added.kind}`;
    const shape = broadcast([output, added]);
    if (typeof shape === "string") return shape;
    if (shape.readers[0]!.places.length !== output.size) return "what it adds is wider than its result";
    bias = shape.readers[1]!;
  }
  return { outputs: [output], step: multiply(a, weights, output, { alpha, beta, bias }) };
}

/**
 * Products are added in the order of the columns, as float64. Four columns of the result at a time: their sums stay in
 * registers, and their weights lie side by side.
 */
function multiply(
  a: Rows,
  weights: Float64Array,
  output: Rows,
  { alpha, beta, bias }: { readonly alpha: number; readonly beta: number; readonly bias: Reader | undefined },
): (rows: number) => void {
  const [deep, wide] = [a.size, output.size];
  const sums = new Float64Array(Math.ceil(wide / ABREAST) * ABREAST);
  const [from, to] = [a.data, output.data];
  return (rows) => {
    for (let row = 0; row < rows; row++) {
      const first = row * deep;
      let weight = 0;
      for (let j = 0; j < wide; j += ABREAST) {
        let [one, two, three, four] = [0, 0, 0, 0];
        for (let i = 0; i < deep; i++, weight += ABREAST) {
          const factor = from[first + i]!;
          one += factor * weights[weight]!;
          two += factor * weights[weight + 1]!;
          three += factor * weights[weight + 2]!;
          four += factor * weights[weight + 3]!;
        }
        sums[j] = one;
        sums[j + 1] = two;
        sums[j + 2] = three;
        sums[j + 3] = four;
      }
      for (let j = 0; j < wide; j++) {
        const more = bias === undefined ? 0 : beta * bias.data[row * bias.stride + bias.places[j]!]!;
        to[row * wide + j] = alpha * sums[j]! + more;
      }
    }
  };
}

/** Columns of a result that are worked on at once. */
const ABREAST = 4;
