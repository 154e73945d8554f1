import type { ModelRecorded } from "../../schemas/index.ts";

/** How good a policy is whose model learnt from episodes. */
export function ofEpisodes({
  loggedValue,
  gain,
  gainLow,
  gainHigh,
  effectiveEpisodes,
}: ModelRecorded["metrics"]): string {
  const log = `An episode of the log is worth ${short(loggedValue!)}`;
  if (gain === undefined) return `${log}. The log says too little of the policy to judge it.`;
  return `${log}, one of the policy ${short(gain)} more (95 %: ${short(gainLow!)} to ${short(gainHigh!)}), by ${short(effectiveEpisodes!)} effective episodes.`;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
