/** How decisions follow each other in episodes. */
export interface EpisodesConfig {
  /** `unit`, or the name of a context entry of type key: decisions with one value follow each other. */
  readonly by: string;
  /** A decision that is later than the one before it by more than this begins another episode, ms. */
  readonly gapMs: number;
  /** Most steps of an episode. */
  readonly length: number;
  /** A boolean formula of labels and features: the step is the last one, and nothing comes after it. Null: none is. */
  readonly end: string | null;
  /** What a reward one step later is worth now, 0 to 1. */
  readonly discount: number;
  /** Null: a model learns the labels. */
  readonly learn: EpisodeLearning | null;
}

/** A model that learns from episodes what actions are worth. */
export interface EpisodeLearning {
  readonly learner: string;
  /** The learner's own, by name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Episodes that began earlier before a training are not learnt from, ms. Null: all are. */
  readonly newestMs: number | null;
  /** The same episodes and seed make the same model. */
  readonly seed: number;
}
