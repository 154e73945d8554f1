import { figureText } from "../../figure-text.ts";
import type { LadderCheck } from "../ladder-check.ts";

const figure = (value: number): string => figureText(value, 4);

/** An episode of the model is not worth less, by more than is tolerated, than those that were made, and is not proved to be worth less. */
export const worthNoLess: LadderCheck = {
  name: "worthNoLess",
  verdict({ tolerance, episodes }) {
    const estimate = episodes?.estimate;
    if (estimate === undefined) return undefined;
    const { madeBy, episodes: count, effective, returned, gain, refusal } = estimate;
    if (gain === undefined || returned === undefined)
      return { kind: "wait", reason: `no estimate by the episodes of ${madeBy} since its training: ${refusal}` };
    const tolerated = tolerance * Math.abs(returned);
    const by = `${count} episodes of ${madeBy}, which return ${figure(returned)} and say as much as ${effective!.toFixed(1)} of its own`;
    const figures = `an episode is worth ${figure(gain.mean)} more, between ${figure(gain.low)} and ${figure(gain.high)}, by ${by}`;
    if (gain.high < 0) return { kind: "fail", reason: `worse than ${madeBy}: ${figures}` };
    if (gain.low >= -tolerated)
      return { kind: "pass", reason: `no worse than ${madeBy} by ${figure(tolerated)}: ${figures}` };
    return { kind: "wait", reason: `not yet proved no worse than ${madeBy} by ${figure(tolerated)}: ${figures}` };
  },
};
