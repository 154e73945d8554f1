import { models } from "../../schemas/index.ts";
import { globalTable } from "../../streams/index.ts";

/** Models with their states by useCase/modelId. */
export const modelTable = globalTable("models", models);
