import { markdown, spread } from "../rounds.ts";

const SHARES = [0.5, 0.9, 0.99];

export const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(share * times.length) - 1]!;

/** Latencies by round, ms, of one state of the neighbours. */
export type Rounds = readonly (readonly number[])[];

/** p50, p90 and p99 of the rounds alone and of those beside neighbours, with the ratios. */
export function compared(alone: Rounds, besides: Readonly<Record<string, Rounds>>): string {
  const row = (name: string, all: Rounds): readonly string[] => [
    name,
    ...SHARES.map((share) => quantile(all.flat(), share).toFixed(2)),
  ];
  const rows = Object.entries(besides).flatMap(([name, beside]) => [
    row(name, beside),
    ["  ratio", ...SHARES.map((at) => (quantile(beside.flat(), at) / quantile(alone.flat(), at)).toFixed(2))],
    [
      "  ratio by round, median (middle half)",
      ...SHARES.map((at) => spread(beside.map((times, i) => quantile(times, at) / quantile(alone[i]!, at)))),
    ],
  ]);
  return markdown(["all requests, ms", ...SHARES.map((share) => `p${share * 100}`)], [row("alone", alone), ...rows]);
}
