/**
 * Does the work for each item, one after the other.
 * @returns a promise only if there is something to wait for: a promise for nothing costs as much as much of the work.
 */
export function inTurn<T>(items: readonly T[], work: (item: T) => void | Promise<void>): void | Promise<void> {
  for (let at = 0; at < items.length; at++) {
    const working = work(items[at]!);
    if (working !== undefined) return rest(working, items, work, at + 1);
  }
}

async function rest<T>(
  first: Promise<void>,
  items: readonly T[],
  work: (item: T) => void | Promise<void>,
  from: number,
): Promise<void> {
  await first;
  for (let at = from; at < items.length; at++) {
    const working = work(items[at]!);
    if (working !== undefined) await working;
  }
}
