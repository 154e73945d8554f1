export { columnShares } from "./column-shares.ts";
export { exp, log } from "./elementary.ts";
export { makeInputs, MOST, planInputs, type InputPlan } from "./input-plan.ts";
export type { Target } from "./loss.ts";
export type { Network } from "./network.ts";
export { trainNetwork, type NetworkRows } from "./train-network.ts";
