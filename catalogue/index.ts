export { blueprintTable } from "./blueprints/blueprint-table.ts";
export { checkPublished } from "./blueprints/published-blueprint.ts";
export { topicRetention } from "./blueprints/topic-retention.ts";
export { validBlueprints, type ValidBlueprints } from "./blueprints/valid-blueprints.ts";
export { versionStates, type VersionState, type VersionStateName } from "./blueprints/version-state.ts";
export { modelsAt, type ModelsAt } from "./models/models-at.ts";
export { modelTable } from "./models/model-table.ts";
