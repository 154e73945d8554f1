import { readFileSync } from "node:fs";
import { ABREAST, at } from "./tree-layout.ts";

/** Regression trees, as they were trained: the prediction is the sum of their leaves. Every index is one of `nodes`. */
export interface TreeEnsemble {
  readonly columns: number;
  readonly nodes: readonly TreeNode[];
  /** The first node of each tree, in the order in which their leaves are added. */
  readonly roots: readonly number[];
  /** Added after the leaves. */
  readonly base: number;
}

export type TreeNode =
  | { readonly kind: "leaf"; readonly weight: number }
  | {
      readonly kind: "split";
      readonly column: number;
      /** float32. A feature below it goes left; at it and above goes right. */
      readonly threshold: number;
      readonly left: number;
      readonly right: number;
      readonly missingLeft: boolean;
    };

/** Rows per block: their features stay in the processor's nearest cache while one tree after the other passes. */
const BLOCK = 64;
const FLOAT = 4;
const PAGE = 1 << 16;

/** serving/trees/generate.ts makes it. */
const walker = new WebAssembly.Module(readFileSync(new URL("./tree-walk.wasm", import.meta.url)));

interface Walker {
  /** Addresses, and a number of floats. */
  negate(from: number, to: number, count: number): void;
  /** Addresses, except `groups`, `width` (bytes of a row) and `count` (of rows, at least one). */
  walk(roots: number, depths: number, groups: number, rows: number, width: number, count: number, sums: number): void;
}

/**
 * Trees in a memory of their own, laid out for walks without a branch (`tree-layout.ts`).
 *
 * The children of a split lie side by side, and a leaf is its own child. So trees that are walked together take the
 * same number of steps: the next node is the first child, or the one behind it if the feature is not below the
 * threshold.
 *
 * A comparison with a missing value (NaN) is false and takes the first child. If a missing value has to go right, the
 * children change places and the feature is compared with its sign turned; for this each row is stored a second time
 * with signs turned.
 */
export class FlatTrees {
  readonly columns: number;
  /** Of its memory. */
  readonly bytes: number;
  readonly #base: number;
  /** Groups of `ABREAST` trees each, filled up with trees that add nothing. */
  readonly #groups: number;
  readonly #walker: Walker;
  readonly #floats: Float32Array;
  readonly #words: Int32Array;
  /**
   * Addresses: the first node of each tree; the steps to the deepest leaf of each group; a block of rows, the same with
   * signs turned; its sums.
   */
  readonly #roots: number;
  readonly #depths: number;
  readonly #rows: number;
  readonly #negated: number;
  readonly #sums: number;

  constructor({ columns, nodes, roots, base }: TreeEnsemble) {
    this.columns = columns;
    this.#base = base;
    this.#groups = Math.max(1, Math.ceil(roots.length / ABREAST));
    const trees = this.#groups * ABREAST;
    let end = (nodes.length + trees - roots.length) * at.size;
    const room = (words: number): number => {
      const address = end;
      // A multiple of the bytes read and written at once.
      end += Math.ceil(words / 4) * 16;
      return address;
    };
    this.#roots = room(trees);
    this.#depths = room(this.#groups);
    this.#rows = room(BLOCK * columns);
    this.#negated = room(BLOCK * columns);
    this.#sums = room(BLOCK);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE) });
    this.bytes = memory.buffer.byteLength;
    this.#floats = new Float32Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#walker = new WebAssembly.Instance(walker, { serving: { memory } }).exports as Walker;
    let used = 0;
    for (let tree = 0; tree < trees; tree++) {
      this.#words[this.#roots / FLOAT + tree] = used * at.size;
      const group = this.#depths / FLOAT + Math.floor(tree / ABREAST);
      let level: readonly TreeNode[] = [tree < roots.length ? nodes[roots[tree]!]! : nothing];
      let next = used + 1;
      for (let depth = 0; level.length > 0; depth++) {
        this.#words[group] = Math.max(this.#words[group]!, depth);
        const below: TreeNode[] = [];
        for (const node of level) {
          for (const child of this.#place(used++, node, next + below.length)) below.push(nodes[child]!);
        }
        next += below.length;
        level = below;
      }
    }
  }

  /** @returns the node's children in their order from `child` on. */
  #place(index: number, node: TreeNode, child: number): readonly number[] {
    const address = index * at.size;
    const threshold = (address + at.threshold) / FLOAT;
    if (node.kind === "leaf") {
      this.#floats[threshold] = NaN;
      this.#words[(address + at.child) / FLOAT] = address;
      this.#floats[(address + at.weight) / FLOAT] = node.weight;
      return [];
    }
    const { column, left, right, missingLeft } = node;
    this.#words[(address + at.child) / FLOAT] = child * at.size;
    this.#words[(address + at.feature) / FLOAT] = column * FLOAT + (missingLeft ? 0 : this.#negated - this.#rows);
    // x < t is -x > -t.
    this.#floats[threshold] = missingLeft ? node.threshold : floatAbove(-node.threshold);
    return missingLeft ? [left, right] : [right, left];
  }

  /**
   * The sum of each row's leaves, in float32 and in the order of the trees, whatever the rows beside it.
   *
   * @param features rows × columns float32, row-major, NaN = missing
   */
  sums(features: Float32Array, rows: number): Float32Array {
    const { columns } = this;
    const sums = new Float32Array(rows);
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      this.#floats.set(features.subarray(from * columns, (from + count) * columns), this.#rows / FLOAT);
      this.#walker.negate(this.#rows, this.#negated, count * columns);
      const first = this.#sums / FLOAT;
      this.#floats.fill(0, first, first + count);
      this.#walker.walk(this.#roots, this.#depths, this.#groups, this.#rows, columns * FLOAT, count, this.#sums);
      sums.set(this.#floats.subarray(first, first + count), from);
    }
    for (let row = 0; row < rows; row++) sums[row]! += this.#base;
    return sums;
  }
}

const nothing: TreeNode = { kind: "leaf", weight: 0 };

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
