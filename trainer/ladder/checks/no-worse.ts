import { LEAST_DECISIONS } from "../../evidence/paired-gain.ts";
import { verdictFigure as figure } from "../../figure-text.ts";
import type { LadderCheck } from "../ladder-check.ts";

/** The model is not worse than the one in production by more than is tolerated, and is not proved worse. */
export const noWorse: LadderCheck = {
  name: "noWorse",
  verdict({ metric, tolerance, rival, comparison: { ours, theirs, gain }, episodes }) {
    if (episodes !== null) return undefined;
    const other = theirs[metric];
    if (gain === undefined || other === undefined)
      return { kind: "wait", reason: `no labelled decisions by which ${metric} compares it with ${rival}` };
    if (gain.decisions < LEAST_DECISIONS)
      return {
        kind: "wait",
        reason: `${gain.decisions} of the ${LEAST_DECISIONS} decisions that are needed to compare it with ${rival}`,
      };
    const tolerated = tolerance * Math.abs(other);
    const on = `${gain.decisions} decisions that neither has learnt from`;
    const figures = `${metric} ${figure(ours[metric])}, ${rival} ${figure(other)}, on ${on}; the gain lies between ${figure(gain.low)} and ${figure(gain.high)}`;
    if (gain.high < 0) return { kind: "fail", reason: `worse than ${rival}: ${figures}` };
    if (gain.low > -tolerated)
      return { kind: "pass", reason: `no worse than ${rival} by ${figure(tolerated)}: ${figures}` };
    return { kind: "wait", reason: `not yet proved no worse than ${rival} by ${figure(tolerated)}: ${figures}` };
  },
};
