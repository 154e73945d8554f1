import { isKnown, type EpisodeSteps } from "./episode-steps.ts";
import { checkTableRows } from "./table-tree.ts";
import { ordinalsOf, statesOf, type Ordinals, type States } from "./states.ts";

/**
 * A decision process as the episodes show it: the mean reward and the next states of each state and action, of all
 * times together.
 */
export interface Cells {
  readonly states: States;
  readonly ordinals: Ordinals;
  readonly actions: number;
  /** Times that an action was taken in a state: states × actions, as all that follow. */
  readonly counts: Float64Array;
  readonly rewards: Float64Array;
  /** Times of which it is known what came after. */
  readonly followed: Float64Array;
  /** Where the next states of each begin in `to`; one more at the end. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** How often: as `to`. */
  readonly times: Float64Array;
}

/**
 * The last step of the longest episodes tells a reward alone: that nothing comes after is the horizon's doing.
 *
 * @throws DomainError `BAD_TRAINING_DATA` if there are more states than a table can have
 */
export function cellsOf(steps: EpisodeSteps): Cells {
  const ordinals = ordinalsOf(steps);
  const states = statesOf(steps, ordinals.column);
  checkTableRows(states.count * (ordinals.column === undefined ? 1 : ordinals.count));
  const actions = steps.actions.length;
  const size = states.count * actions;
  const [counts, rewards, followed] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const after = Array.from({ length: size }, () => new Map<number, number>());
  for (let step = 0; step < steps.steps; step++) {
    const cell = states.of[step]! * actions + steps.action[step]!;
    counts[cell]!++;
    rewards[cell]! += steps.reward[step]!;
    const isLast = ordinals.column !== undefined && ordinalAt(steps, step, ordinals) === ordinals.count - 1;
    if (isLast || !isKnown(steps, step)) continue;
    followed[cell]!++;
    if (steps.terminal[step] === 1) continue;
    const to = states.of[steps.next[step]!]!;
    after[cell]!.set(to, (after[cell]!.get(to) ?? 0) + 1);
  }
  const from = new Int32Array(size + 1);
  for (const [cell, some] of after.entries()) from[cell + 1] = from[cell]! + some.size;
  return {
    ...{ states, ordinals, actions, counts, followed, from },
    rewards: rewards.map((sum, cell) => sum / Math.max(counts[cell]!, 1)),
    to: Int32Array.from(after.flatMap((some) => [...some.keys()])),
    times: Float64Array.from(after.flatMap((some) => [...some.values()])),
  };
}

export const ordinalAt = (
  { features, columns }: Pick<EpisodeSteps, "features" | "columns">,
  step: number,
  { column, start }: Ordinals,
): number => (column === undefined ? 0 : features[step * columns + column]! - start);

/**
 * The value of a state by those of its actions.
 *
 * @param values of all states' actions, and `at` the first of this one's
 * @param row of `Plan` × states
 */
export type StateValue = (values: Float64Array, at: number, row: number) => number;

/**
 * Values of each action, backward over the ordinals of an episode's steps: rows × actions. A row is an ordinal and a state,
 * `ordinal · states + state`; without a column of ordinals there is one row a state, with the values at the start.
 *
 * @param smoothing so many times more an action counts as taken, each worth as little as the state's worst action; an
 *   action that was never taken is worth that
 */
export function plan(cells: Cells, discount: number, smoothing: number, valueOf: StateValue): Float64Array {
  const { states, ordinals, actions } = cells;
  const size = states.count * actions;
  const kept = ordinals.column === undefined ? 1 : ordinals.count;
  const planned = new Float64Array(kept * size);
  let next = new Float64Array(states.count);
  for (let ordinal = ordinals.count - 1; ordinal >= 0; ordinal--) {
    const isLast = ordinals.column !== undefined && ordinal === ordinals.count - 1;
    const values = backedUp(cells, next, discount);
    pressed(values, isLast ? cells.counts : cells.followed, actions, smoothing);
    const row = ordinals.column === undefined ? 0 : ordinal * states.count;
    next = next.map((_, state) => valueOf(values, state * actions, row + state));
    planned.set(values, row * actions);
  }
  return planned;
}

function backedUp({ rewards, followed, from, to, times }: Cells, next: Float64Array, discount: number): Float64Array {
  return rewards.map((reward, cell) => {
    let sum = 0;
    for (let at = from[cell]!; at < from[cell + 1]!; at++) sum += times[at]! * next[to[at]!]!;
    return reward + (discount * sum) / Math.max(followed[cell]!, 1);
  });
}

function pressed(values: Float64Array, counts: Float64Array, actions: number, smoothing: number): void {
  for (let from = 0; from < values.length; from += actions) {
    let least = Number.POSITIVE_INFINITY;
    for (let cell = from; cell < from + actions; cell++) if (counts[cell]! > 0) least = Math.min(least, values[cell]!);
    // Nobody knows what comes after this state.
    if (least === Number.POSITIVE_INFINITY) continue;
    for (let cell = from; cell < from + actions; cell++) {
      const count = counts[cell]!;
      const share = count === 0 ? 0 : count / (count + smoothing);
      values[cell] = count === 0 ? least : share * values[cell]! + (1 - share) * least;
    }
  }
}

/** The features of the rows of a plan: rows × columns. */
export function planFeatures({ states, ordinals }: Cells, { features, columns }: EpisodeSteps): Float32Array {
  const kept = ordinals.column === undefined ? 1 : ordinals.count;
  const rows = new Float32Array(kept * states.count * columns);
  for (let ordinal = 0; ordinal < kept; ordinal++) {
    for (let state = 0; state < states.count; state++) {
      const row = ordinal * states.count + state;
      const from = states.first[state]! * columns;
      rows.set(features.subarray(from, from + columns), row * columns);
      if (ordinals.column !== undefined) rows[row * columns + ordinals.column] = ordinals.start + ordinal;
    }
  }
  return rows;
}
