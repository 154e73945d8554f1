import { figureText } from "../../figure-text.ts";
import type { LadderCheck } from "../ladder-check.ts";

const figure = (value: number): string => figureText(value, 4);

/** By the episodes of the model in production, one of the model is not worth less than is tolerated, and is not proved to be worth less. */
export const worthNoLess: LadderCheck = {
  name: "worthNoLess",
  verdict({ tolerance, rival, episodes }) {
    const estimate = episodes?.estimate;
    if (estimate === undefined) return undefined;
    const { episodes: count, effective, production, gain, refusal } = estimate;
    if (gain === undefined || production === undefined)
      return { kind: "wait", reason: `no estimate by the episodes of ${rival} since its training: ${refusal}` };
    const tolerated = tolerance * Math.abs(production);
    const by = `${count} episodes of ${rival}, which return ${figure(production)} and say as much as ${effective!.toFixed(1)} of its own`;
    const figures = `an episode is worth ${figure(gain.mean)} more, between ${figure(gain.low)} and ${figure(gain.high)}, by ${by}`;
    if (gain.high < 0) return { kind: "fail", reason: `worse than ${rival}: ${figures}` };
    if (gain.low >= -tolerated)
      return { kind: "pass", reason: `no worse than ${rival} by ${figure(tolerated)}: ${figures}` };
    return { kind: "wait", reason: `not yet proved no worse than ${rival} by ${figure(tolerated)}: ${figures}` };
  },
};
