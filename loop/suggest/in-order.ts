/** A record at its time. */
export interface Placed {
  /** ms. */
  readonly time: number;
  /** Of the decision; empty: it has none. */
  readonly id: string;
  readonly kind?: string | null;
}

/**
 * By time. Equal times may have any order in a file and on a topic, so by decision and kind then: the same history gives
 * the same suggestion, however it lies.
 */
export const inOrder = (a: Placed, b: Placed): number =>
  a.time - b.time || compare(a.id, b.id) || compare(a.kind ?? "", b.kind ?? "");

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
