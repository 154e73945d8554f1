/** How trees lie in the memory of `tree-walk.wasm`: what fills it and what is compiled for it agree on this. */

/** Trees that are walked side by side: while one waits for its next node to come from memory, the others go on. */
export const ABREAST = 8;

/** Bytes of a node, and where in it its parts are. */
export const at = {
  size: 16,
  /** float32. At it and above the second child is next. NaN for a leaf. */
  threshold: 0,
  /** Bytes from a row's first feature to the one that is looked at. */
  feature: 4,
  /** Address of the first child, next to which the second lies; a leaf's own. */
  child: 8,
  /** float32, what a leaf adds. */
  weight: 12,
} as const;
