import type { ModelRecorded } from "../../schemas/index.ts";
import { readTable, type TopicTools } from "../../streams/index.ts";
import { modelTable } from "./model-table.ts";

/** All models, oldest training first. */
export async function readModels({
  backbone,
  serdes,
}: Pick<TopicTools, "backbone" | "serdes">): Promise<readonly ModelRecorded[]> {
  const table = await readTable(backbone, serdes, modelTable);
  return [...table.values()].sort((a, b) => a.provenance.until - b.provenance.until);
}
