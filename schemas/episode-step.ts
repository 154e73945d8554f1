/** The features of a decision by name; a boolean is 1 or 0. */
export type EpisodeState = Readonly<Record<string, number | string | null>>;

/** A decision as a step of an episode. The last record of a decision counts. */
export interface EpisodeStep {
  /** Decision id of the episode's first step. */
  readonly episodeId: string;
  /** The value that its decisions follow each other by. */
  readonly key: string;
  /** Names what the episodes of the use case are: 12 hex digits of the meaning of their rules, features and labels. */
  readonly episodes: string;
  /** From 0. */
  readonly step: number;
  readonly decisionId: string;
  /** Event time, ms. */
  readonly decisionTime: number;
  readonly blueprintVersion: string;
  readonly maturity: string;
  readonly state: EpisodeState;
  /** Null: the product's default applied. */
  readonly action: string | null;
  readonly propensity: number | null;
  readonly possibleActions: readonly string[];
  /** Null while it waits, or where it is missing. */
  readonly reward: number | null;
  /** Of the next decision, which is in another episode where this one is cut at its greatest length. Null: there is none. */
  readonly nextDecisionId: string | null;
  readonly nextState: EpisodeState | null;
  readonly nextAction: string | null;
  /** From this decision to the next, ms. */
  readonly timeDifference: number | null;
  /** Nothing comes after it. */
  readonly terminal: boolean;
  /** The last step of an episode that goes on unseen: it is as long as it may be, or nothing came for so long. */
  readonly truncated: boolean;
}
