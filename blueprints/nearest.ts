/** A longer name is no slip of the pen. */
const MOST_LETTERS = 128;

/** The known name that was most probably meant by a mistyped one; null if none is near (a third of its letters). */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  if (name.length > MOST_LETTERS) return null;
  const lower = name.toLowerCase();
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(lower, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    } else if (bestDistance === 1 && isSwapOf(lower, candidate.toLowerCase())) best = candidate;
  }
  return best;
}

/** Of names as near, the one with the same letters was probably meant: two neighbours changed places. */
function isSwapOf(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

/** Three rows of the table; letters may be two in lower case. */
const rows = [new Uint16Array(512), new Uint16Array(512), new Uint16Array(512)] as const;

/**
 * Insertions, deletions, replacements and swaps of neighbours, each 1. Gives up with `limit` once the distance can't be
 * less.
 */
function editDistance(a: string, b: string, limit: number): number {
  let [twoBack, oneBack, row] = rows;
  for (let j = 0; j <= b.length; j++) oneBack[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(oneBack[j]! + 1, row[j - 1]! + 1, oneBack[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, twoBack[j - 2]! + 1);
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least >= limit) return limit;
    [twoBack, oneBack, row] = [oneBack, row, twoBack];
  }
  return oneBack[b.length]!;
}
