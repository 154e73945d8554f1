import { readModels } from "../../catalogue/index.ts";
import type { Tools } from "../../loop/index.ts";
import { DomainError, type ModelRecorded } from "../../schemas/index.ts";
import { flag } from "../flags/flag.ts";

/** All models, or those of one use case, oldest first. */
export async function modelsOf(tools: Tools, useCase: string | undefined): Promise<readonly ModelRecorded[]> {
  return (await readModels(tools)).filter((model) => useCase === undefined || model.useCase === useCase);
}

/** Throws if there is no such model. */
export async function findModel(tools: Tools, modelId: string): Promise<ModelRecorded> {
  const model = (await readModels(tools)).find((known) => known.modelId === modelId);
  if (model === undefined)
    throw new DomainError("UNKNOWN_MODEL", `there is no model ${modelId}: loopstream models lists them`);
  return model;
}

export const reasonFlag = flag("--reason <text>", 'for the record (default: "by hand")');
