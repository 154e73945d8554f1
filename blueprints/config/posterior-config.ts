/** Linear weights that are learnt row by row, with what is not known of them yet. */
export interface PosteriorConfig {
  /** A label, or `reward`. */
  readonly of: string;
  /** Names of features. Behind the constant each has a weight, in this order. */
  readonly features: readonly string[];
  /** Each option has weights of its own, or all have the same. */
  readonly by: "option" | "all";
  /** Precision of every weight before the first row: its distance from 0 is 1 / √ridge or so. */
  readonly ridge: number;
  /** A row counts for decisions that are later than it by more than this, ms of event time. */
  readonly afterMs: number;
}
