import { checkPublished } from "../../blueprints/index.ts";
import { blueprints, models } from "../../schemas/index.ts";
import { globalTable } from "../../streams/index.ts";

/** Blueprint versions by useCase/version. One that this release can't read is there too, and told as such. */
export const blueprintTable = globalTable("blueprints", blueprints, checkPublished);
/** Models with their states by useCase/modelId. */
export const modelTable = globalTable("models", models);
