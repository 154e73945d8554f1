/** What a policy knows of an option by its posterior, each a number. */
export const POSTERIOR_NAMES = [
  /** Of the label, or of the reward, by the weights that are most likely. */
  "posteriorMean",
  /** Of that mean: how far the weights may still be off. The noise of single rows is no part of it. */
  "posteriorDeviation",
  /** Rows behind the option's weights. */
  "posteriorRows",
  /** Rows behind the weights of all options of the decision. */
  "posteriorAllRows",
] as const;

export type PosteriorName = (typeof POSTERIOR_NAMES)[number];

export const isPosteriorName = (name: string): boolean => (POSTERIOR_NAMES as readonly string[]).includes(name);

/** The names that a policy has of it. */
export const posteriorNames = (posterior: object | null | undefined): readonly string[] =>
  posterior === null || posterior === undefined ? [] : POSTERIOR_NAMES;
