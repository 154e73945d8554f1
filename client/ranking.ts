import type { Decision, Reason } from "./decision.ts";

/** The order of a request's options. */
export interface Ranking {
  /** The ids of the options to show, in this order. */
  readonly ranking: readonly string[];
  /** The ranking is the candidates' own order; `reason` or `error` says why. */
  readonly isDefault: boolean;
  /** The id for observations of this ranking; `optionId` names the option that each is about. */
  readonly decisionId: string;
  readonly reason: Reason;
  /** Probability with which this ranking was chosen; null if there was no choice. */
  readonly propensity: number | null;
  /** The blueprint version that answered. */
  readonly blueprint: string | null;
  readonly modelId: string | null;
  /**
   * The time of the first decision under this id, if its answer is kept no longer and this is a new decision. Null:
   * none is known.
   */
  readonly repeatOf: Date | null;
  /** The mistake to mend: with reason `error`, and if the use case decides a value. */
  readonly error: string | null;
}

/** @param own the candidates' own order */
export function rankingOf(useCase: string, decision: Decision<unknown>, own: readonly string[]): Ranking {
  const { ranking, decisionId, reason, propensity, blueprint, modelId, repeatOf } = decision;
  return {
    ranking: ranking ?? own,
    isDefault: ranking === null,
    ...{ decisionId, reason, propensity, blueprint, modelId, repeatOf },
    error: decision.error ?? (ranking === null && decision.value !== null ? decidesValue(useCase) : null),
  };
}

const decidesValue = (useCase: string): string =>
  `use case ${useCase} decides a value and ranks nothing: ask for it with getDecision, or write policy: { rank: … }`;
