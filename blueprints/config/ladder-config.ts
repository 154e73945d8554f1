/** How a new model comes to serve where another one serves already: step by step, each with evidence of its own. */
export interface LadderConfig {
  /** Labelled decisions by which a model in shadow is compared with the one in production. Null: no model is in shadow first. */
  readonly shadow: number | null;
  /** Shares of the units that a canary decides for, one after the other, growing. Empty: no model is a canary first. */
  readonly canary: readonly number[];
  /** Labelled decisions of its own that a canary needs at each share. */
  readonly decisions: number;
  /**
   * Labelled decisions behind the last step, by which a model in production is compared with the one before it. Null: it is
   * compared no more.
   */
  readonly watch: number | null;
  /** A model that is so long on one step is taken off the ladder, ms. */
  readonly giveUpAfterMs: number;
  /** Most time that a prediction of one decision may take, ms. */
  readonly latencyMs: number;
  /** By the name of a label, or `reward`. */
  readonly guardrails: Readonly<Record<string, Guardrail>>;
}

/** By which share of its mean in production a canary's mean may be higher, or lower. */
export interface Guardrail {
  readonly direction: "rise" | "fall";
  readonly most: number;
}
