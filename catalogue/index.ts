export { askedVersion } from "./blueprints/asked-version.ts";
export { blueprintTable } from "./blueprints/blueprint-table.ts";
export { checkPublished } from "./blueprints/published-blueprint.ts";
export { isInShadow, shadowSince, shadowSpans, type ShadowSpan } from "./blueprints/shadow-spans.ts";
export { topicRetention } from "./blueprints/topic-retention.ts";
export type { ModeHeld } from "./blueprints/learning-modes.ts";
export { validBlueprints, type ValidBlueprints } from "./blueprints/valid-blueprints.ts";
export { versionStates, type VersionState, type VersionStateName } from "./blueprints/version-state.ts";
export { climbingModels, climbingState, ladderSteps, stepAfter, type LadderStep } from "./models/ladder-steps.ts";
export { learntRows } from "./models/learnt-rows.ts";
export { decisionPlace, modelFor } from "./models/model-for.ts";
export { modelMoves, modelStateAfter, modelStateAt } from "./models/model-moves.ts";
export { modelsAt, type Canary, type ModelsAt } from "./models/models-at.ts";
export { modelTable } from "./models/model-table.ts";
export type { ModelMove } from "./models/model-move.ts";
export { moveModel } from "./models/move-model.ts";
export { publishTrained, type Judgement } from "./models/publish-trained.ts";
export { stateText } from "./models/state-text.ts";
export { takeStep, type JudgedStep } from "./models/take-step.ts";
export { readModels } from "./models/read-models.ts";
export { rollBack } from "./models/roll-back.ts";
export { watchedModel, type WatchedModel } from "./models/watched-model.ts";
export { changeTable, type Change, type Written } from "./change/change-table.ts";
export {
  activateVersion,
  endShadow,
  setMode,
  setParams,
  shadowVersion,
  storeVersion,
  withdrawVersion,
  type Activated,
  type Shadowed,
  type NewVersion,
} from "./blueprints/change-versions.ts";
export { checkTypes } from "./blueprints/check-types.ts";
