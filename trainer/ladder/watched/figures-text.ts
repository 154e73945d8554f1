import { verdictFigure as figure } from "../../figure-text.ts";
import type { WatchEvidence } from "./watch-check.ts";

/** Both models' figures on the decisions of the watch, for a model's record. */
export function figuresText({ metric, former, comparison: { ours, theirs, gain } }: WatchEvidence): string {
  if (gain === undefined) return `no labelled decisions by which ${metric} compares it with ${former}`;
  const figures = `${metric} ${figure(ours[metric])}, ${former} ${figure(theirs[metric])}`;
  const bounds = `the gain lies between ${figure(gain.low)} and ${figure(gain.high)}`;
  return `${figures}, on ${gain.decisions} labelled decisions since it is in production; ${bounds}`;
}
