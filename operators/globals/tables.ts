import { blueprints, models } from "../../schemas/index.ts";
import { globalTable } from "../../streams/index.ts";

/** Blueprint versions by useCase/version. */
export const blueprintTable = globalTable("blueprints", blueprints);
/** Models with their states by useCase/modelId. */
export const modelTable = globalTable("models", models);
