import type { LearnerKind } from "./learner-kind.ts";
import { booleanParameter, numberParameter, numbersParameter } from "./parameter.ts";

export interface MlpParameters {
  /** Width of each hidden layer, from the inputs on. */
  readonly hidden: readonly number[];
  /** Passes over the rows. */
  readonly epochs: number;
  /** Rows a step; fewer where an epoch would have less than 200 steps. */
  readonly batch: number;
  /** Of the first step; it falls evenly to 0. */
  readonly learningRate: number;
  /** Pull of the weights towards 0, times the learning rate. */
  readonly weightDecay: number;
  /** Share of the hidden outputs that each step leaves out. */
  readonly dropout: number;
  /** Share of the rows, the newest, that only say when to stop; 0: all are learnt from, for all epochs. */
  readonly validation: number;
  /** Epochs without a better one until it stops. */
  readonly patience: number;
  /** All labels of the blueprint are heads of one network; false: each has its own. */
  readonly shared: boolean;
}

declare module "../blueprint.ts" {
  interface LearnerParameters {
    mlp: MlpParameters;
  }
}

/** A multi-layer perceptron. */
export const mlp: LearnerKind<"mlp"> = {
  name: "mlp",
  objectives: ["binary", "regression", "quantile", "multiclass"],
  parameters: {
    hidden: numbersParameter({ min: 1, max: 4096 }, [128, 64], { min: 1, max: 8 }),
    epochs: numberParameter({ min: 1, max: 1000 }, 4, "whole"),
    batch: numberParameter({ min: 1, max: 65_536 }, 256, "whole"),
    learningRate: numberParameter({ min: 1e-6, max: 1 }, 0.001),
    weightDecay: numberParameter({ min: 0, max: 1000 }, 3),
    dropout: numberParameter({ min: 0, max: 0.9 }, 0),
    validation: numberParameter({ min: 0, max: 0.5 }, 0),
    patience: numberParameter({ min: 1, max: 1000 }, 2, "whole"),
    shared: { ...booleanParameter(false), later: true },
  },
};
