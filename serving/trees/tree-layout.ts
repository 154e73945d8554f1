/**
 * The layout of trees in the memory of `tree-walk.wasm`. The code that fills it and the code compiled for it agree on
 * this.
 */

/** Number of trees that are walked side by side: while one waits for its next node from memory, the others go on. */
export const ABREAST = 8;

/** Bytes of a node, and the offsets of its parts. */
export const at = {
  size: 16,
  /** float32. At it and above, the second child is next. NaN for a leaf. */
  threshold: 0,
  /** Bytes from a row's first feature to the one that is looked at. */
  feature: 4,
  /** Address of the first child; the second lies next to it. A leaf's own address. */
  child: 8,
  /** float32: the value that a leaf adds. */
  weight: 12,
} as const;
