import type { GateCheck } from "./gate-check.ts";

/** Without held-out rows there is nothing to judge by, nor where all of them weigh nothing. */
export const heldOut: GateCheck = {
  name: "heldOut",
  verdict({ holdoutRows, holdoutWeight }) {
    if (holdoutRows === 0) return { passed: false, reason: "nothing was held out to judge it by" };
    if (holdoutWeight !== 0) return undefined;
    return { passed: false, reason: `refused: all ${holdoutRows} held-out rows have weight 0, which judge nothing` };
  },
};
