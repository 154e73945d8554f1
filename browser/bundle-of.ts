import type { CompiledBlueprint, LearningMode, ParamValues } from "../blueprints/index.ts";
import { DomainError, type BlueprintPublished, type ModelRecorded } from "../schemas/index.ts";
import { inputColumns, modelCategories, readOnnxGraph, readOnnxMetadata } from "../serving/index.ts";
import type { DecisionBundle } from "./decision-bundle.ts";
import { checkPortable } from "./why-not-portable.ts";

export interface Bundled {
  readonly model: Pick<ModelRecorded, "modelId" | "artifact">;
  readonly published: Pick<BlueprintPublished, "text">;
  readonly compiled: CompiledBlueprint;
  readonly onnx: Uint8Array;
  /** What is set for the version now. */
  readonly parameters: ParamValues;
  readonly mode: LearningMode;
  /** Of the loop. */
  readonly salt: string;
}

/**
 * A model with its version, for decisions on a page.
 *
 * @throws DomainError `NOT_LOCAL` for a version that needs what only the loop has, `BAD_MODEL` for a file that does not say what its columns are
 */
export function bundleOf({ model, published, compiled, onnx, parameters, mode, salt }: Bundled): DecisionBundle {
  checkPortable(compiled);
  const { blueprint, layout } = compiled;
  const { inputs, outputs } = readOnnxGraph(onnx);
  const columns = inputs.length === 1 ? inputs[0]!.columns : undefined;
  if (columns === undefined)
    throw new DomainError("BAD_MODEL", `model ${model.modelId} does not say how many columns it takes`);
  const file = { columns, metadata: readOnnxMetadata(onnx) };
  return {
    format: 1,
    useCase: blueprint.useCase,
    blueprintVersion: blueprint.version,
    blueprint: published.text,
    modelId: model.modelId,
    modelSha256: model.artifact.sha256,
    features: inputColumns(file, layout).map(({ name }) => name),
    categories: modelCategories(file),
    ...{ outputs, parameters, mode, salt },
  };
}
