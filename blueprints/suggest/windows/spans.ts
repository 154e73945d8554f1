const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000] as const;

/** Durations that a person would choose, in their order; ms. */
const ROUND: readonly number[] = [
  ...[1, 5, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12, 18].map((n) => n * HOUR),
  ...[1, 2, 3, 4, 7, 14, 30, 60, 90, 180, 366].map((n) => n * DAY),
];

/** The next round duration that is not shorter; the longest one there is, if none is. */
export const roundedUp = (ms: number): number => ROUND.find((round) => round >= ms) ?? ROUND.at(-1)!;

/** Lengths of windows worth trying, in their order; ms. */
export const WINDOWS: readonly number[] = [
  ...[1, 5, 15].map((n) => n * MINUTE),
  ...[1, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 3, 7, 14, 30, 90].map((n) => n * DAY),
];
