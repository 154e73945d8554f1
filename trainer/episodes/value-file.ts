import { joinModels, type LabelModel } from "../onnx/index.ts";

export const valueOutput = (action: string): string => `value_${action}`;
export const loggedOutput = (action: string): string => `logged_${action}`;

/** The file of a learner: the values of all actions, and the probabilities of the log. */
export const valueFile = (
  values: readonly LabelModel[],
  logged: readonly LabelModel[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array => joinModels([...values, ...logged], metadata);
