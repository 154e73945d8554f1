import type { GateCheck } from "./gate-check.ts";

/** Without held-out rows there is nothing to judge by. */
export const heldOut: GateCheck = {
  name: "heldOut",
  verdict: ({ holdoutRows }) =>
    holdoutRows > 0 ? undefined : { passed: false, reason: "nothing was held out to judge it by" },
};
