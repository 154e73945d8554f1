/** `held` holds after `after`, and not at it, until the next span begins. `undefined`: nothing holds. */
export interface Span<T> {
  /** Event time, ms. */
  readonly after: number;
  readonly held: T | undefined;
}

/** A change. It counts for everything strictly later than its time. */
export interface Timed {
  /** Event time, ms. */
  readonly time: number;
}

/**
 * Folds changes into spans of event time. Readers hold the records of a table in any order, so the result depends on
 * the set of changes alone: `tie` must order any two changes of the same time.
 */
export function timeline<C extends Timed, T>(
  changes: readonly C[],
  tie: (a: C, b: C) => number,
  apply: (held: T | undefined, change: C) => T | undefined,
): readonly Span<T>[] {
  const spans: Span<T>[] = [];
  let held: T | undefined;
  for (const change of [...changes].sort((a, b) => a.time - b.time || tie(a, b))) {
    held = apply(held, change);
    if (spans.at(-1)?.after === change.time) spans.pop();
    spans.push({ after: change.time, held });
  }
  return spans;
}

/** The value that held at an event time, ms: that of the newest change strictly before it. */
export function heldAt<T>(spans: readonly Span<T>[], time: number): T | undefined {
  let low = 0;
  let high = spans.length;
  // Nearly every question is about the newest span.
  if (high > 0 && spans[high - 1]!.after < time) return spans[high - 1]!.held;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle]!.after < time) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1]?.held;
}

/** The changes that count, of one thing whose record lists them in order: of several at one moment only the last. */
export function lastOfEachTime<C extends Timed>(listed: readonly C[]): readonly C[] {
  const last = new Map<number, C>();
  for (const change of listed) last.set(change.time, change);
  return [...last.values()];
}
