import { DomainError } from "../../schemas/index.ts";

/**
 * Logged episodes as columns, an entry a step. The steps of an episode lie together, the oldest first. A step is a
 * state, the action that was taken in it and the reward for that.
 */
export interface EpisodeSteps {
  /** Of the states: steps × columns float32, row-major, NaN = missing. */
  readonly features: Float32Array;
  readonly columns: number;
  readonly steps: number;
  /** Names of all actions: two at least. */
  readonly actions: readonly string[];
  /** The one that was taken: its number in `actions`. */
  readonly action: Int32Array;
  /** With which probability the log took it. NaN: not known. */
  readonly propensity: Float64Array;
  readonly reward: Float64Array;
  /** The number of the next step of the episode; −1: there is none. */
  readonly next: Int32Array;
  /** 1: the episode ended with this step, nothing comes after it. 0 with no next step: the rest is not known. */
  readonly terminal: Uint8Array;
  /** The first step of each episode, and the number of steps: episodes + 1 entries. */
  readonly starts: Int32Array;
  /** Of the reward of one step later, in (0, 1]. */
  readonly discount: number;
}

/** Steps whose rest of the episode is not known say nothing of what an action leads to. */
export const isKnown = ({ next, terminal }: EpisodeSteps, step: number): boolean =>
  next[step]! >= 0 || terminal[step] === 1;

/** Steps of the longest episode. */
export const longest = ({ starts }: EpisodeSteps): number =>
  starts.subarray(1).reduce((most, end, episode) => Math.max(most, end - starts[episode]!), 0);

/** @throws DomainError `BAD_TRAINING_DATA` if columns have different lengths, or steps are not in the order of their episodes */
export function checkSteps(steps: EpisodeSteps): void {
  const { features, columns, steps: count, actions, action, starts, next, reward, discount } = steps;
  const wrong = (text: string): never => {
    throw new DomainError("BAD_TRAINING_DATA", `episodes: ${text}`);
  };
  if (features.length !== count * columns)
    wrong(`${features.length} features are not ${count} steps × ${columns} columns`);
  for (const column of ["action", "propensity", "reward", "next", "terminal"] as const) {
    if (steps[column].length !== count) wrong(`${count} steps and ${steps[column].length} entries of ${column}`);
  }
  if (actions.length < 2) wrong(`${actions.length} actions are no choice`);
  if (!(discount >= 0 && discount <= 1)) wrong(`the discount is ${discount}; it is a number from 0 to 1`);
  if (starts[0] !== 0 || starts.at(-1) !== count)
    wrong(`they start at ${starts[0]} and end at ${starts.at(-1)} of ${count} steps`);
  for (let episode = 0; episode + 1 < starts.length; episode++) {
    const end = starts[episode + 1]!;
    if (end <= starts[episode]!) wrong(`episode ${episode} has no step`);
    for (let step = starts[episode]!; step < end; step++) {
      if (!(action[step]! >= 0 && action[step]! < actions.length))
        wrong(`action[${step}] is ${action[step]}, no action`);
      if (!Number.isFinite(reward[step]!)) wrong(`reward[${step}] is ${reward[step]}, not a finite number`);
      if (next[step] !== (step + 1 < end ? step + 1 : -1)) wrong(`the next step of ${step} is ${next[step]}`);
    }
  }
}

/**
 * Those episodes whose end is known, in their order: the return of others is not known, so they can't be judged by. If
 * the rest of the newest is not known, as it is while they go on, nothing is lost but the newest; if it is that of long ones, what is left is not like all.
 */
export function endedEpisodes(steps: EpisodeSteps): EpisodeSteps {
  const { features, columns, starts, terminal } = steps;
  const taken: number[] = [];
  const kept = [0];
  for (let episode = 0; episode + 1 < starts.length; episode++) {
    const end = starts[episode + 1]!;
    if (terminal[end - 1] !== 1) continue;
    for (let step = starts[episode]!; step < end; step++) taken.push(step);
    kept.push(taken.length);
  }
  const rows = new Float32Array(taken.length * columns);
  for (const [at, step] of taken.entries())
    rows.set(features.subarray(step * columns, (step + 1) * columns), at * columns);
  return {
    ...{ ...steps, features: rows, steps: taken.length, starts: Int32Array.from(kept) },
    action: Int32Array.from(taken, (step) => steps.action[step]!),
    propensity: Float64Array.from(taken, (step) => steps.propensity[step]!),
    reward: Float64Array.from(taken, (step) => steps.reward[step]!),
    next: Int32Array.from(taken, (step, at) => (steps.next[step]! < 0 ? -1 : at + 1)),
    terminal: Uint8Array.from(taken, (step) => terminal[step]!),
  };
}
