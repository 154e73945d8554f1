import { joinModels, type LabelModel } from "../onnx/index.ts";

/** The file of a learner: the values of all actions, and the probabilities of the log. */
export const valueFile = (
  values: readonly LabelModel[],
  logged: readonly LabelModel[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array => joinModels([...values, ...logged], metadata);
