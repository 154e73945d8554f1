export { compileBlueprint, type CompiledBlueprint } from "./compiled-blueprint.ts";
export { eventWindows, tileKey, type WindowBytes } from "./event-windows.ts";
export { productionModel } from "./production-model.ts";
export { blueprintTable, modelTable } from "./tables.ts";
export { validBlueprints, type ValidBlueprints } from "./valid-blueprints.ts";
