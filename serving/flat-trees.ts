/** Regression trees whose leaves are added up, as they were trained. Every index is one of `nodes`. */
export interface TreeEnsemble {
  readonly columns: number;
  readonly nodes: readonly TreeNode[];
  /** The first node of each tree, in the order in which their leaves are added. */
  readonly roots: readonly number[];
  /** Added behind them. */
  readonly base: number;
}

export type TreeNode =
  | { readonly kind: "leaf"; readonly weight: number }
  | {
      readonly kind: "split";
      readonly column: number;
      /** float32. Below it goes left, at it and above goes right. */
      readonly threshold: number;
      readonly left: number;
      readonly right: number;
      readonly missingLeft: boolean;
    };

/** Trees that are walked side by side: while one waits for its next node to come from memory, the others go on. */
const ABREAST = 4;
/** Rows whose features stay in the processor's nearest cache while one tree after the other looks at them. */
const BLOCK = 64;

/**
 * Trees as columns of one table, made for walks without a branch. The children of a split lie side by side and a leaf is its own child, so four trees take
 * the same number of steps whatever their way: the next node is the first child, plus one where the feature is not below the threshold. A
 * comparison with a missing value (NaN) is false, so it takes the first child: where it has to go right, the children change places and
 * the feature is compared with its sign turned, for which each row is written down twice.
 */
export class FlatTrees {
  readonly columns: number;
  readonly #base: number;
  /** The first node of each tree, filled up to whole groups of four with trees that add nothing. */
  readonly #roots: Int32Array;
  /** Of each group of four: steps to its deepest leaf. */
  readonly #depths: Int32Array;
  /** Of a node, the column it looks at; from `columns` on with its sign turned. */
  readonly #column: Int32Array;
  /** At it and above the second child is next. NaN for a leaf. */
  readonly #threshold: Float32Array;
  /** The first child; a leaf itself. */
  readonly #child: Int32Array;
  /** What a leaf adds. */
  readonly #weight: Float32Array;
  readonly #block: Float32Array;

  constructor({ columns, nodes, roots, base }: TreeEnsemble) {
    const trees = Math.ceil(roots.length / ABREAST) * ABREAST;
    const count = nodes.length + trees - roots.length;
    this.columns = columns;
    this.#base = base;
    this.#roots = new Int32Array(trees);
    this.#depths = new Int32Array(trees / ABREAST);
    this.#column = new Int32Array(count);
    this.#threshold = new Float32Array(count).fill(NaN);
    this.#child = Int32Array.from({ length: count }, (_, node) => node);
    this.#weight = new Float32Array(count);
    this.#block = new Float32Array(BLOCK * 2 * columns);
    let used = 0;
    for (let tree = 0; tree < trees; tree++) {
      this.#roots[tree] = used;
      const group = Math.floor(tree / ABREAST);
      let level = tree < roots.length ? [roots[tree]!] : [];
      let next = used + Math.max(1, level.length);
      for (let depth = 0; level.length > 0; depth++) {
        this.#depths[group] = Math.max(this.#depths[group]!, depth);
        const below: number[] = [];
        for (const node of level) {
          const children = this.#place(used++, nodes[node]!, next + below.length);
          below.push(...children);
        }
        next += below.length;
        level = below;
      }
      used = next;
    }
  }

  /** @returns the node's children in the order in which they are to lie from `child` on. */
  #place(at: number, node: TreeNode, child: number): readonly number[] {
    if (node.kind === "leaf") {
      this.#weight[at] = node.weight;
      return [];
    }
    const { column, threshold, left, right, missingLeft } = node;
    this.#child[at] = child;
    this.#column[at] = missingLeft ? column : this.columns + column;
    // x < t is -x > -t.
    this.#threshold[at] = missingLeft ? threshold : floatAbove(-threshold);
    return missingLeft ? [left, right] : [right, left];
  }

  /**
   * The sum of each row's leaves, in float32 and in the order of the trees, whatever the rows beside it.
   *
   * @param features rows × columns float32, row-major, NaN = missing
   */
  sums(features: Float32Array, rows: number): Float32Array {
    const sums = new Float32Array(rows);
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      this.#fill(features, from, count);
      this.#add(sums, from, count);
    }
    for (let row = 0; row < rows; row++) sums[row]! += this.#base;
    return sums;
  }

  #fill(features: Float32Array, from: number, count: number): void {
    const { columns } = this;
    const block = this.#block;
    let read = from * columns;
    for (let row = 0, at = 0; row < count; row++, at += 2 * columns) {
      for (let column = 0; column < columns; column++) {
        const value = features[read++]!;
        block[at + column] = value;
        block[at + columns + column] = -value;
      }
    }
  }

  #add(sums: Float32Array, from: number, count: number): void {
    const roots = this.#roots;
    const depths = this.#depths;
    const column = this.#column;
    const threshold = this.#threshold;
    const child = this.#child;
    const weight = this.#weight;
    const block = this.#block;
    const width = 2 * this.columns;
    for (let group = 0; group < depths.length; group++) {
      const tree = group * ABREAST;
      const depth = depths[group]!;
      for (let row = 0, x = 0; row < count; row++, x += width) {
        let a = roots[tree]!;
        let b = roots[tree + 1]!;
        let c = roots[tree + 2]!;
        let d = roots[tree + 3]!;
        for (let step = 0; step < depth; step++) {
          a = child[a]! + Number(block[x + column[a]!]! >= threshold[a]!);
          b = child[b]! + Number(block[x + column[b]!]! >= threshold[b]!);
          c = child[c]! + Number(block[x + column[c]!]! >= threshold[c]!);
          d = child[d]! + Number(block[x + column[d]!]! >= threshold[d]!);
        }
        let sum = Math.fround(sums[from + row]! + weight[a]!);
        sum = Math.fround(sum + weight[b]!);
        sum = Math.fround(sum + weight[c]!);
        sums[from + row] = Math.fround(sum + weight[d]!);
      }
    }
  }
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The next float32 above; NaN, which nothing reaches, above the largest. */
export function floatAbove(value: number): number {
  float[0] = value;
  if (Number.isNaN(float[0]) || float[0] === Number.POSITIVE_INFINITY) return NaN;
  if (float[0] === 0) bits[0] = 1;
  else bits[0]! += float[0] > 0 ? 1 : -1;
  return float[0];
}
