/**
 * A model of the reward by action alone: q(b) = (Σ r + s m) / (n + s), with the rewards of the n decisions that took b,
 * and m the mean of all of them. With cross-fitting all three are of the decisions of the other folds.
 *
 * @param actions of each decision, from 0 to `count` − 1
 * @param folds of each decision, from 0; `undefined`: one model of all decisions, which has seen every reward
 * @returns q of an action for the decisions of a fold
 * @throws RangeError if a fold has all decisions: no other is left to fit on
 */
export function smoothedMeans(
  { actions, rewards, count }: { readonly actions: Int32Array; readonly rewards: Float64Array; readonly count: number },
  strength: number,
  folds?: Int32Array,
): (action: number, fold: number) => number {
  const parts = 1 + (folds?.reduce((most, fold) => Math.max(most, fold), 0) ?? 0);
  const models = Array.from({ length: parts }, (_, left) => {
    const [sums, counts] = [new Float64Array(count), new Float64Array(count)];
    let [total, n] = [0, 0];
    for (const [row, reward] of rewards.entries()) {
      if (folds?.[row] === left) continue;
      sums[actions[row]!]! += reward;
      counts[actions[row]!]! += 1;
      total += reward;
      n += 1;
    }
    if (n === 0) throw new RangeError(`smoothedMeans: fold ${left} has all ${rewards.length} decisions`);
    return sums.map((of, action) => (of + strength * (total / n)) / (counts[action]! + strength));
  });
  return (action, fold) => models[folds === undefined ? 0 : fold]![action]!;
}
