import type { LearningMode, ParamValues } from "../blueprints/index.ts";

/** The file that lies beside `model.onnx`: all else that a decision is made of. */
export interface DecisionBundle {
  /** Of this shape. */
  readonly format: 1;
  readonly useCase: string;
  readonly blueprintVersion: string;
  /** The YAML as published: features, policy, exploration. */
  readonly blueprint: string;
  readonly modelId: string;
  /** Of `model.onnx`. */
  readonly modelSha256: string;
  /** The columns of its input float[N, columns], in order. */
  readonly features: readonly string[];
  /** Of each column of categories: a value's place in the list is its number. Others are missing. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
  /** Its outputs, each one float a row: the labels by their names, or `prediction` of the only label. */
  readonly outputs: readonly string[];
  /** The policy's named parameters, and who acts, when the bundle was made. */
  readonly parameters: ParamValues;
  readonly mode: LearningMode;
  /** Of the loop: it is in every draw, and divides units. Whoever has the bundle knows it. */
  readonly salt: string;
}
