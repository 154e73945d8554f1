export {
  estimateBlueprint,
  type BlueprintEstimate,
  type EstimateReplays,
  type EstimateRequest,
} from "./estimate-blueprint.ts";
