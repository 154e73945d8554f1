import type { GateCheck } from "./gate-check.ts";

/** Nothing was compared with a model that came into production after the candidate was evaluated. One that was taken out is no rival any more. */
export const sameRival: GateCheck = {
  name: "sameRival",
  verdict({ inProduction, rival, holdoutRows }) {
    if (holdoutRows === 0 || inProduction === undefined || inProduction === rival?.modelId) return undefined;
    return { passed: false, reason: `refused: ${inProduction} came into production meanwhile; train again` };
  },
};
