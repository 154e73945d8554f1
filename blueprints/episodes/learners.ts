import { numberParameter, type Parameter } from "../learners/parameter.ts";
import { Registry } from "../registry.ts";

/** A learner of episodes as blueprints know it. The code that fits its models is the trainer's, under the same name. */
export interface EpisodeLearnerKind {
  readonly name: string;
  /** Each stands under its name beside `learner`. */
  readonly parameters: Readonly<Record<string, Parameter<number>>>;
}

/** In the order of the reference. */
export const episodeLearnerKinds = new Registry<EpisodeLearnerKind>("learner of episodes", [
  {
    name: "fittedQ",
    parameters: {
      iterations: numberParameter({ min: 1, max: 1000 }, 30, "whole"),
      rounds: numberParameter({ min: 1, max: 10_000 }, 100, "whole"),
      depth: numberParameter({ min: 1, max: 16 }, 5, "whole"),
      learningRate: numberParameter({ min: 1e-4, max: 1 }, 0.15),
      minChildWeight: numberParameter({ min: 0, max: 1e6 }, 50),
    },
  },
  { name: "empiricalMdp", parameters: { smoothing: numberParameter({ min: 0, max: 1000 }, 2) } },
  { name: "cloning", parameters: {} },
]);
