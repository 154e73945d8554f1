export { columnShares } from "./column-shares.ts";
export { exp, log } from "./elementary.ts";
export { makeInputs, planInputs, widthOf, type InputPlan } from "./input-plan.ts";
export type { Target } from "./loss.ts";
export { Network } from "./network.ts";
export type { Ramp } from "./number-curves.ts";
export { Random } from "./random.ts";
export { loadBatch, runNetwork } from "./run-network.ts";
export { embeddingWidth, trainNetwork, type NetworkRows } from "./train-network.ts";
