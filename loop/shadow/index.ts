export { runShadows, type RunShadowsOptions } from "./run-shadows.ts";
export { shadowBlueprint, unshadowBlueprint, type ShadowedVersion } from "./shadow-blueprint.ts";
export { shadowPrefix, shadowRowsTopic, shadowView, type VersionName } from "./shadow-place.ts";
export { startShadow, type ShadowOptions } from "./start-shadow.ts";
