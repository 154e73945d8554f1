import { models } from "../../schemas/index.ts";
import { publishBlueprint, type Tools } from "../../loop/index.ts";
import { readOnnxGraph, readOnnxMetadata, writeArtifact } from "../../serving/index.ts";
import { rewriteModel } from "../../trainer/index.ts";
import type { Trained } from "../product/trained.ts";
import type { Work } from "../product/works/index.ts";

export const useCaseOf = (work: Work, index: number): string => `${work.name}-${index}`;

/**
 * A use case of the work's blueprint for each index, with a model in production since the beginning of time. Each model
 * is a file of its own: the trained one, with the use case in its metadata. Two models share nothing that is loaded.
 */
export async function publishMany(
  tools: Tools,
  work: Work,
  { record, onnx }: Trained,
  count: number,
  say: (published: number) => void,
): Promise<void> {
  const outputs = readOnnxGraph(onnx).outputs.map((name) => ({ tensor: name, name }));
  for (let index = 0; index < count; index++) {
    const useCase = useCaseOf(work, index);
    const { version } = await publishBlueprint(tools, work.blueprint.replace(/^useCase: .*$/m, `useCase: ${useCase}`));
    const file = rewriteModel(onnx, outputs, { ...readOnnxMetadata(onnx), useCase });
    const artifact = await writeArtifact(tools.backbone, tools.publisher, file, 0, {});
    const states = record.states.map((state) => ({ ...state, time: 0 }));
    const modelId = `${record.modelId}-${index}`;
    const value = { ...record, modelId, useCase, blueprintVersion: version, artifact, states };
    await tools.publisher.publish([{ topic: models, key: `${useCase}/${modelId}`, value, time: 0 }]);
    if ((index + 1) % 100 === 0) say(index + 1);
  }
}
