import type { Input, Queued } from "./input.ts";

/** The input whose head is the oldest in event time; among equals the one declared first. `undefined` when all are empty. */
export function earliest(inputs: readonly Input[]): Input | undefined {
  let found: Input | undefined;
  for (const input of inputs) {
    if (input.head !== undefined && (found === undefined || input.head.time < found.head!.time)) found = input;
  }
  return found;
}

/** The event time, in ms, up to which the empty inputs have nothing more; infinite if none is empty. */
export function emptyUpTo(inputs: readonly Input[], endOf: (input: Input) => number): number {
  let end = Number.POSITIVE_INFINITY;
  for (const input of inputs) if (input.length === 0) end = Math.min(end, endOf(input));
  return end;
}

/**
 * Takes records of one input, at most `limit`, that come before those of every other input: up to `horizon`, an event time in ms, and before they
 * move a timeline to its next timer.
 * @param quiet timers may wait: instead, the run ends before a record that is behind the one before it in event time. So of each record's time all
 * timers up to there have been fired or lie within the run.
 */
export function takeRun(
  inputs: readonly Input[],
  from: Input,
  limit: number,
  horizon: number,
  quiet = false,
): readonly Queued[] {
  let before = Number.POSITIVE_INFINITY;
  let until = horizon;
  let passed = false;
  for (const input of inputs) {
    if (input === from) passed = true;
    else if (input.head !== undefined) {
      if (passed) until = Math.min(until, input.head.time);
      else before = Math.min(before, input.head.time);
    }
  }
  let come = Number.NEGATIVE_INFINITY;
  return from.take(limit, ({ time, moves, line }) => {
    if (time >= before || time > until) return false;
    if (!quiet) return moves < line.due;
    // One of another partition moves no time here.
    if (moves < come) return moves === Number.NEGATIVE_INFINITY;
    come = moves;
    return true;
  });
}
