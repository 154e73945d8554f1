import { marginOf, type Tree, type TreeModel } from "../xgboost/index.ts";

/** Features on the way from a root to a node, each once, with the shares of the subsets that go on with and without it. */
class Path {
  readonly column: Int32Array;
  readonly zero: Float64Array;
  readonly one: Float64Array;
  readonly weight: Float64Array;

  /** @param depth of the deepest tree */
  constructor(depth: number) {
    const room = ((depth + 2) * (depth + 3)) / 2;
    this.column = new Int32Array(room);
    this.zero = new Float64Array(room);
    this.one = new Float64Array(room);
    this.weight = new Float64Array(room);
  }

  /** A copy of the first entries, for a node's own path. So few are copied faster one by one than by `copyWithin`. */
  copy(from: number, to: number, count: number): void {
    const { column, zero, one, weight } = this;
    for (let i = 0; i < count; i++) {
      column[to + i] = column[from + i]!;
      zero[to + i] = zero[from + i]!;
      one[to + i] = one[from + i]!;
      weight[to + i] = weight[from + i]!;
    }
  }

  extend(at: number, length: number, zero: number, one: number, column: number): void {
    const { weight } = this;
    this.column[at + length] = column;
    this.zero[at + length] = zero;
    this.one[at + length] = one;
    weight[at + length] = length === 0 ? 1 : 0;
    for (let i = length - 1; i >= 0; i--) {
      weight[at + i + 1] = weight[at + i + 1]! + (one * weight[at + i]! * (i + 1)) / (length + 1);
      weight[at + i] = (zero * weight[at + i]! * (length - i)) / (length + 1);
    }
  }

  /** Takes the entry `index` out again. */
  unwind(at: number, length: number, index: number): void {
    const { weight } = this;
    const [zero, one] = [this.zero[at + index]!, this.one[at + index]!];
    let next = weight[at + length]!;
    for (let i = length - 1; i >= 0; i--) {
      if (one === 0) {
        weight[at + i] = (weight[at + i]! * (length + 1)) / (zero * (length - i));
        continue;
      }
      const before = weight[at + i]!;
      weight[at + i] = (next * (length + 1)) / ((i + 1) * one);
      next = before - (weight[at + i]! * zero * (length - i)) / (length + 1);
    }
    for (let i = at + index; i < at + length; i++) {
      this.column[i] = this.column[i + 1]!;
      this.zero[i] = this.zero[i + 1]!;
      this.one[i] = this.one[i + 1]!;
    }
  }

  /** The sum of the weights, were the entry `index` taken out. */
  unwound(at: number, length: number, index: number): number {
    const { weight } = this;
    const [zero, one] = [this.zero[at + index]!, this.one[at + index]!];
    let next = weight[at + length]!;
    let sum = 0;
    for (let i = length - 1; i >= 0; i--) {
      if (one === 0) {
        if (zero !== 0) sum += (weight[at + i]! / zero) * ((length + 1) / (length - i));
        continue;
      }
      const part = (next * (length + 1)) / ((i + 1) * one);
      sum += part;
      next = weight[at + i]! - part * zero * ((length - i) / (length + 1));
    }
    return sum;
  }
}

/** One tree, and the columns of one row. */
interface Walk {
  readonly tree: Tree;
  readonly cover: readonly number[];
  readonly path: Path;
  readonly features: Float32Array;
  /** Where the row begins. */
  readonly row: number;
  readonly sums: Float64Array;
  /** Where the row's sums begin. */
  readonly to: number;
}

function visit(
  walk: Walk,
  node: number,
  from: number,
  length: number,
  zero: number,
  one: number,
  column: number,
): void {
  const { tree, cover, path, features, row, sums, to } = walk;
  const at = from + length;
  path.copy(from, at, length);
  path.extend(at, length, zero, one, column);
  const left = tree.left[node]!;
  if (left < 0) {
    const value = Math.fround(tree.condition[node]!);
    for (let i = 1; i <= length; i++) {
      const place = to + path.column[at + i]!;
      const share = path.one[at + i]! - path.zero[at + i]!;
      sums[place] = sums[place]! + path.unwound(at, length, i) * share * value;
    }
    return;
  }
  const right = tree.right[node]!;
  const split = tree.column[node]!;
  const value = features[row + split]!;
  const goesLeft = Number.isNaN(value) ? tree.missingLeft[node]! : value < Math.fround(tree.condition[node]!);
  const [hot, cold] = goesLeft ? [left, right] : [right, left];
  let [incomingZero, incomingOne, own] = [1, 1, length];
  let before = length;
  while (before > 0 && path.column[at + before] !== split) before--;
  if (before > 0) {
    [incomingZero, incomingOne] = [path.zero[at + before]!, path.one[at + before]!];
    path.unwind(at, length, before);
    own = length - 1;
  }
  const [hotShare, coldShare] = [cover[hot]! / cover[node]!, cover[cold]! / cover[node]!];
  visit(walk, hot, at, own + 1, hotShare * incomingZero, incomingOne, split);
  visit(walk, cold, at, own + 1, coldShare * incomingZero, 0, split);
}

/** The parts of the margins of some rows. */
export interface Contributions {
  /** The margin that no column has moved: the mean over the rows that the trees were made from. */
  readonly base: number;
  /** rows × columns; with the base they sum to a row's margin. */
  readonly values: Float64Array;
}

/**
 * What each column adds to the margin of each row: the exact Shapley values of the trees, where the value of a set of columns is the margin that is expected
 * if only they are known, by the rows that came to each node. S. Lundberg, G. Erion and S.-I. Lee, "Consistent Individualized Feature Attribution for Tree Ensembles" (2018), algorithm 2.
 *
 * @param model its trees have covers
 * @param features rows × columns float32, row-major, NaN = missing
 */
export function treeShap(model: TreeModel, features: Float32Array, rows: number): Contributions {
  const { columns, trees } = model;
  const values = new Float64Array(rows * columns);
  const path = new Path(Math.max(0, ...trees.map((tree) => depthOf(tree))));
  for (const tree of trees) {
    if (tree.left[0]! < 0) continue;
    const cover = tree.cover!;
    for (let row = 0; row < rows; row++) {
      const place = row * columns;
      visit({ tree, cover, path, features, row: place, sums: values, to: place }, 0, 0, 0, 1, 1, -1);
    }
  }
  return { base: trees.reduce((sum, tree) => sum + expected(tree), marginOf(model)), values };
}

/** The mean of the leaves, by the rows that came to them. */
function expected({ left, condition, cover }: Tree): number {
  if (left[0]! < 0) return Math.fround(condition[0]!);
  let [sum, all] = [0, 0];
  for (const [node, child] of left.entries()) {
    if (child >= 0) continue;
    sum += cover![node]! * Math.fround(condition[node]!);
    all += cover![node]!;
  }
  return sum / all;
}

function depthOf(tree: Tree, node = 0): number {
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  return left < 0 ? 0 : 1 + Math.max(depthOf(tree, left), depthOf(tree, right));
}

/** Steps that one row takes, about: of each leaf the square of its depth. */
export function stepsOf(tree: Tree, node = 0, depth = 1): number {
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  return left < 0 ? depth * depth : stepsOf(tree, left, depth + 1) + stepsOf(tree, right, depth + 1);
}
