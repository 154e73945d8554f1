import { blueprints } from "../../schemas/index.ts";
import { globalTable } from "../../streams/index.ts";
import { checkPublished } from "./published-blueprint.ts";

/**
 * Blueprint versions by useCase/version. A version that this release can't read is in the table too, with its reason.
 */
export const blueprintTable = globalTable("blueprints", blueprints, checkPublished);
