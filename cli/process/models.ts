import { modelsAt, modelTable, readModels, type ModelMove } from "../../catalogue/index.ts";
import { moveByHand, type Tools } from "../../loop/index.ts";
import { DomainError, type ModelRecorded } from "../../schemas/index.ts";
import { readTable } from "../../streams/index.ts";
import { flag } from "../flags/flag.ts";
import { movedText, tellBehind, tellStanding } from "../text/models/moved-text.ts";
import type { Output } from "../text/output.ts";
import { readVersions } from "./blueprints/versions.ts";

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

/** Moves a model by hand and tells its state; on stderr, which decisions do not go by it. */
export async function moveAndTell(
  tools: Tools,
  output: Output,
  modelId: string,
  to: ModelMove,
  reason: string | undefined,
): Promise<void> {
  const moved = await moveByHand(tools, modelId, to, reason);
  output.result(moved.model, () => movedText(moved));
  tellBehind(moved);
  const { useCase, blueprintVersion } = moved.model;
  // It counts strictly after its time.
  const time = moved.after + 1;
  const live = (await readVersions(tools)).at(useCase, time)?.blueprint.version;
  const { production } = modelsAt(
    await readTable(tools.backbone, tools.serdes, modelTable),
    useCase,
    blueprintVersion,
    time,
  );
  tellStanding(moved, live, production?.modelId);
}
