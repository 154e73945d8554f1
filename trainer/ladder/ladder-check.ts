import type { LadderConfig, Metric } from "../../blueprints/index.ts";
import type { ModelState } from "../../schemas/index.ts";
import type { Comparison } from "../evidence/compare-models.ts";
import type { EpisodeEstimate } from "./episode-estimate.ts";
import type { GuardrailFigures } from "./guardrail-figures.ts";
import type { ReturnFigures } from "./return-figures.ts";

/** How the model did on the newest decisions, as the loop asks a model. */
export interface Trial {
  /** So many of them. */
  readonly decisions: number;
  /** The median time of one, ms; null: there was none. */
  readonly ms: number | null;
  /** The first that it could not predict. */
  readonly failure: Failure | null;
}

export interface Failure {
  readonly decisionId: string;
  readonly reason: string;
}

/** The facts by which a model on the ladder is judged. */
export interface LadderEvidence {
  readonly ladder: LadderConfig;
  /** The blueprint's metric, and the share of it by which the model may be worse. */
  readonly metric: Metric;
  readonly tolerance: number;
  /** Where it stands. */
  readonly state: ModelState;
  /** The model in production. */
  readonly rival: string;
  readonly trial: Trial;
  /** The model failed a row: nothing is compared. */
  readonly failure: Failure | null;
  /** On labelled rows that neither of the two has learnt from. */
  readonly comparison: Comparison;
  /** Of a model that learnt from episodes; null: it learnt labels, or it failed a row. */
  readonly episodes: EpisodeEvidence | null;
  /** Labelled decisions that the model made as the canary since it has its share. */
  readonly own: number;
  /** In the blueprint's order. */
  readonly guardrails: readonly GuardrailFigures[];
}

/** What episodes say of a model that learnt from them. */
export interface EpisodeEvidence {
  /** In shadow. */
  readonly estimate: EpisodeEstimate | undefined;
  /** As the canary. */
  readonly returns: ReturnFigures | undefined;
}

/** `pass`: nothing is in the way. `wait`: it can't be said yet. `fail`: the model has to go. */
export interface LadderVerdict {
  readonly kind: "pass" | "wait" | "fail";
  /** With the figures, for the model's record. */
  readonly reason: string;
}

/** One of the checks that a model passes before it takes a step. */
export interface LadderCheck {
  readonly name: string;
  /** Pure. `undefined`: it has nothing to say of this step. */
  verdict(evidence: LadderEvidence): LadderVerdict | undefined;
}
