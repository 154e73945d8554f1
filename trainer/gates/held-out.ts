import type { GateCheck } from "./gate-check.ts";

/** Without held-out rows there is nothing to judge by, nor where all of them weigh nothing. */
export const heldOut: GateCheck = {
  name: "heldOut",
  verdict({ holdoutRows, holdoutWeight, holdoutShare, rival }) {
    if (holdoutRows === 0 && rival !== undefined && holdoutShare > 0) {
      const since = new Date(rival.trainedUntil).toISOString();
      const reason = `refused: too few decisions are newer than the rows that ${rival.modelId} learnt from, which end at ${since}; none is left to judge it by`;
      return { passed: false, reason };
    }
    if (holdoutRows === 0) return { passed: false, reason: "nothing was held out to judge it by" };
    if (holdoutWeight !== 0) return undefined;
    return { passed: false, reason: `refused: all ${holdoutRows} held-out rows have weight 0, which judge nothing` };
  },
};
