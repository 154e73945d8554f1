import { blueprints } from "../../schemas/index.ts";
import { globalTable } from "../../streams/index.ts";
import { checkPublished } from "./published-blueprint.ts";

/** Blueprint versions by useCase/version. One that this release can't read is there too, and told as such. */
export const blueprintTable = globalTable("blueprints", blueprints, checkPublished);
