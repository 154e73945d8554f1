import { numberParameter, type Parameter } from "../learners/parameter.ts";
import { Registry } from "../registry.ts";

/** The learners of episodes by name, each with its parameters. */
export interface EpisodeLearnerParameters {
  fittedQ: {
    /** Times that the values of the next states are put into those of the states. */
    readonly iterations: number;
    /** Trees an action and iteration. */
    readonly rounds: number;
    readonly depth: number;
    readonly learningRate: number;
    /** Steps in a leaf, at least. */
    readonly minChildWeight: number;
  };
  empiricalMdp: {
    /** So many steps more an action is judged by, each worth as little as the state's worst action. */
    readonly smoothing: number;
  };
  conservativeQ: {
    /** How much the values of actions that were not taken are pressed down; 0: not at all. */
    readonly alpha: number;
    /** Width of both hidden layers. */
    readonly width: number;
    /** Passes over the steps. */
    readonly epochs: number;
    /** Steps that a gradient is the mean of. */
    readonly batch: number;
    /** Of the first gradient; it falls evenly to 0. */
    readonly learningRate: number;
    /** Gradients between two copies of the network that values the next states. */
    readonly refresh: number;
  };
  cloning: Record<never, never>;
}

export type EpisodeLearnerName = keyof EpisodeLearnerParameters;

/** A learner of episodes as blueprints know it. The code that fits its models is the trainer's, under the same name. */
export interface EpisodeLearnerKind<L extends EpisodeLearnerName = EpisodeLearnerName> {
  readonly name: L;
  /** Each stands under its name beside `learner`. */
  readonly parameters: Readonly<Record<keyof EpisodeLearnerParameters[L] & string, Parameter<number>>>;
}

/** In the order of the reference. */
const kinds: readonly { readonly [L in EpisodeLearnerName]: EpisodeLearnerKind<L> }[EpisodeLearnerName][] = [
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
  {
    name: "conservativeQ",
    parameters: {
      alpha: numberParameter({ min: 0, max: 100 }, 0.02),
      width: numberParameter({ min: 1, max: 1024 }, 64, "whole"),
      epochs: numberParameter({ min: 1, max: 10_000 }, 12, "whole"),
      batch: numberParameter({ min: 1, max: 65_536 }, 128, "whole"),
      learningRate: numberParameter({ min: 1e-6, max: 1 }, 0.003),
      refresh: numberParameter({ min: 1, max: 1e6 }, 200, "whole"),
    },
  },
  { name: "cloning", parameters: {} },
];

export const episodeLearnerKinds = new Registry<EpisodeLearnerKind>(
  "learner of episodes",
  kinds as readonly EpisodeLearnerKind[],
);

/** The parameters of a learner. */
export const episodeParameters = <L extends EpisodeLearnerName>(name: L): EpisodeLearnerKind<L>["parameters"] =>
  episodeLearnerKinds.get(name).parameters as EpisodeLearnerKind<L>["parameters"];
