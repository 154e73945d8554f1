import type { Parameter } from "../../blueprints/index.ts";
import type { FitColumn } from "../learners/learner.ts";
import type { EpisodeSteps } from "./episode-steps.ts";

/** Every learner of episodes with its parameters. */
export interface EpisodeParameters {
  cloning: Record<never, never>;
  empiricalMdp: {
    /** So many steps more an action is judged by, each worth as little as the state's worst action. */
    readonly smoothing: number;
  };
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
}

export type EpisodeLearnerName = keyof EpisodeParameters;

export interface EpisodeFit<L extends EpisodeLearnerName = EpisodeLearnerName> {
  /** As `checkSteps` lets them through; at least one. */
  readonly steps: EpisodeSteps;
  /** One a column. */
  readonly inputs: readonly FitColumn[];
  readonly parameters: Readonly<EpisodeParameters[L]>;
  readonly seed: number;
  /** Strings that the file carries. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Called now and then: parts done, parts in all. An error that it throws ends the fit. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface LearntValues {
  /**
   * ONNX file with one input float[N, columns] and two outputs float[N, 1] an action: `value_<action>`, what the rest
   * of the episode is worth from that action on, and `logged_<action>`, the probability with which the log takes it.
   * A function of the input alone: the same input gives the same bytes.
   */
  readonly onnx: Uint8Array;
  /** What the file predicts for the steps: steps × actions. */
  readonly values: Float32Array;
  readonly logged: Float32Array;
}

/** Learns from logged episodes what actions are worth. It tries nothing out. */
export interface EpisodeLearner<L extends EpisodeLearnerName = EpisodeLearnerName> {
  readonly name: L;
  readonly parameters: { readonly [P in keyof EpisodeParameters[L]]: Parameter<EpisodeParameters[L][P]> };
  /** Rejects with an Error that says which input to change. */
  fit(input: EpisodeFit<L>): Promise<LearntValues>;
}

/** The values of absent parameters. */
export const episodeDefaults = <L extends EpisodeLearnerName>({
  parameters,
}: EpisodeLearner<L>): EpisodeParameters[L] =>
  Object.fromEntries(
    Object.entries<Parameter>(parameters).map(([name, { fallback }]) => [name, fallback]),
  ) as EpisodeParameters[L];
