import type { LadderConfig, Metric } from "../../../blueprints/index.ts";
import type { ModelState } from "../../../schemas/index.ts";
import type { Comparison } from "../../evidence/compare-models.ts";
import type { Failure } from "../ladder-check.ts";

/** The facts by which a model in production stays, or the one before it comes back. */
export interface WatchEvidence {
  readonly ladder: LadderConfig;
  /** The blueprint's metric. */
  readonly metric: Metric;
  /** In production. */
  readonly state: ModelState;
  /** The model before it. */
  readonly former: string;
  /** Of the newest decisions, or of labelled ones, the first that the model can't predict, and the former can. */
  readonly failure: Failure | null;
  /** Over the former, on the first labelled decisions since it is in production, `ladder.watch` at most. */
  readonly comparison: Comparison;
}

/** One of the checks that a model in production is watched by. */
export interface WatchCheck {
  readonly name: string;
  /** Pure. Why the former model has to come back, with the figures; `undefined`: nothing says so. */
  worse(evidence: WatchEvidence): string | undefined;
}
