/** Values by name; a missing one is not there. */
export type NamedValues = ReadonlyMap<string, string | number | boolean>;

export interface BanditAction {
  /** The option, or the action as text. */
  readonly id: string;
  readonly features: NamedValues;
}

/** A decision as a contextual bandit learns from it: all that could have been done, and how likely each was. */
export interface BanditDecision {
  readonly decisionId: string;
  readonly unit: string;
  /** Event time, ms. */
  readonly time: number;
  /** The features that all actions have in common. */
  readonly shared: NamedValues;
  readonly actions: readonly BanditAction[];
  /** Index of the action that was taken. */
  readonly taken: number;
  /** One an action. */
  readonly probabilities: readonly number[];
  readonly propensity: number;
  readonly reward: number;
}
