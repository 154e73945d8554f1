import { longest, type EpisodeSteps } from "./episode-steps.ts";

/** States that differ in no feature are one. */
export interface States {
  /** Of each step, by the order in which they came first. */
  readonly of: Int32Array;
  readonly count: number;
  /** Of each state one step. */
  readonly first: Int32Array;
}

/** @param without a column in which they may differ */
export function statesOf({ features, columns, steps }: EpisodeSteps, without?: number): States {
  const numbers = new Map<string, number>();
  const first: number[] = [];
  const of = new Int32Array(steps);
  for (let step = 0; step < steps; step++) {
    let key = "";
    for (let column = 0; column < columns; column++) {
      if (column !== without) key += `${features[step * columns + column]!},`;
    }
    let state = numbers.get(key);
    if (state === undefined) {
      state = numbers.size;
      numbers.set(key, state);
      first.push(step);
    }
    of[step] = state;
  }
  return { of, count: numbers.size, first: Int32Array.from(first) };
}

/** Where steps are in their episode. */
export interface Ordinals {
  /** A column that tells it; absent: no column does. */
  readonly column?: number | undefined;
  /** Its value at the first step. */
  readonly start: number;
  /** Steps of the longest episode. */
  readonly count: number;
}

/** The column of the features that counts the steps of every episode from the same number on. */
export function ordinalsOf(steps: EpisodeSteps): Ordinals {
  const { features, columns, starts } = steps;
  const count = longest(steps);
  for (let column = 0; column < columns; column++) {
    const start = features[column]!;
    let counts = count > 1;
    for (let episode = 0; counts && episode + 1 < starts.length; episode++) {
      const from = starts[episode]!;
      for (let step = from; counts && step < starts[episode + 1]!; step++)
        counts = features[step * columns + column] === start + step - from;
    }
    if (counts) return { column, start, count };
  }
  return { start: 0, count };
}

/** Values of states × actions, as those of the steps. */
export const ofSteps = (values: ArrayLike<number>, { of }: States, actions: number): Float32Array =>
  Float32Array.from(
    { length: of.length * actions },
    (_, at) => values[of[Math.floor(at / actions)]! * actions + (at % actions)]!,
  );

/** The largest of so many values from `at` on. */
export function largest(values: ArrayLike<number>, at: number, count: number): number {
  let most = values[at]!;
  for (let other = at + 1; other < at + count; other++) most = Math.max(most, values[other]!);
  return most;
}
