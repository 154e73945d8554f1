/** The kinds of exploration, by name: each file of `exploration/kinds` adds its own. */
export interface ExplorationKinds {}

/** A way to draw decisions. Its settings are numbers, or names of the policy's parameters. */
export type Exploration = ExplorationKinds[keyof ExplorationKinds];

export interface ExplorationConfig {
  readonly kind: Exploration;
  /** The least probability of every action that may be drawn, 0 to 1. */
  readonly floor: number | string;
  /** The share of decisions that explore, 0 to 1. */
  readonly share: number | string;
}
