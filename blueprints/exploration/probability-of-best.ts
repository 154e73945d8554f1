import { cumulatedAt, type Belief } from "./beliefs.ts";

/** Points at which the beliefs are compared, about. */
const MOST_POINTS = 2_048;
/** Of one belief, at most. */
const MOST_OF_ONE = 128;

/**
 * The probability of each number to be the largest, if all are independent: the integral of its density times the others'
 * cumulated probabilities, by the middle of each step. They sum to 1. Steps are small where a belief is, so a belief that is
 * sure beside one that is not makes no error.
 */
export function probabilitiesOfBest(beliefs: readonly Belief[]): readonly number[] {
  const n = beliefs.length;
  if (n === 1) return [1];
  // What ends below the highest beginning is never the best.
  const floor = Math.max(...beliefs.map(({ points }) => points[0]!));
  const able = beliefs.flatMap(({ points }, at) => (points.at(-1)! > floor ? [at] : []));
  const grid = gridOf(
    able.map((at) => beliefs[at]!),
    floor,
  );
  const count = able.length;
  const best = new Float64Array(count);
  const middle = new Float64Array(count);
  const behind = new Float64Array(count + 1).fill(1);
  let before = new Float64Array(count);
  let after = new Float64Array(count);
  for (let k = 0; k < count; k++) before[k] = cumulatedAt(beliefs[able[k]!]!, grid[0]!);
  for (let point = 1; point < grid.length; point++) {
    for (let k = count - 1; k >= 0; k--) {
      after[k] = cumulatedAt(beliefs[able[k]!]!, grid[point]!);
      middle[k] = (before[k]! + after[k]!) / 2;
      behind[k] = behind[k + 1]! * middle[k]!;
    }
    // Of all others: the product of those in front, and of those behind.
    let front = 1;
    for (let k = 0; k < count; k++) {
      best[k]! += (after[k]! - before[k]!) * front * behind[k + 1]!;
      front *= middle[k]!;
    }
    [before, after] = [after, before];
  }
  const sum = best.reduce((all, each) => all + each, 0);
  const probabilities = new Array<number>(n).fill(0);
  for (let k = 0; k < count; k++) probabilities[able[k]!] = best[k]! / sum;
  return probabilities;
}

/** The points of all beliefs from the floor on, thinned out. */
function gridOf(beliefs: readonly Belief[], floor: number): Float64Array {
  const ofOne = Math.max(8, Math.min(MOST_OF_ONE, Math.floor(MOST_POINTS / beliefs.length)));
  const points: number[] = [floor];
  for (const belief of beliefs) {
    const stride = Math.max(1, Math.round((belief.points.length - 1) / ofOne));
    for (let at = 0; at < belief.points.length; at += stride)
      if (belief.points[at]! > floor) points.push(belief.points[at]!);
    points.push(belief.points.at(-1)!);
  }
  return Float64Array.from(new Set(points)).sort();
}
