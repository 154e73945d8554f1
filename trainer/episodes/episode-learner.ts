import {
  episodeParameters,
  type EpisodeLearnerName,
  type EpisodeLearnerParameters,
  type Parameter,
} from "../../blueprints/index.ts";
import type { FitColumn } from "../learners/learner.ts";
import type { EpisodeSteps } from "./episode-steps.ts";

export interface EpisodeFit<L extends EpisodeLearnerName = EpisodeLearnerName> {
  /** As `checkSteps` lets them through; at least one. */
  readonly steps: EpisodeSteps;
  /** One a column. */
  readonly inputs: readonly FitColumn[];
  readonly parameters: Readonly<EpisodeLearnerParameters[L]>;
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
  /** Rejects with an Error that says which input to change. */
  fit(input: EpisodeFit<L>): Promise<LearntValues>;
}

/** The values of absent parameters. */
export const episodeDefaults = <L extends EpisodeLearnerName>({
  name,
}: Pick<EpisodeLearner<L>, "name">): EpisodeLearnerParameters[L] =>
  Object.fromEntries(
    Object.entries<Parameter>(episodeParameters(name)).map(([parameter, { fallback }]) => [parameter, fallback]),
  ) as EpisodeLearnerParameters[L];
