import type { DecisionReason, DecisionReplied } from "../schemas/index.ts";

export type Reason = DecisionReason;

export interface Decision<V> {
  /** The decision, or the caller's default. */
  readonly value: V;
  /** The value is the caller's default; `reason` says why. */
  readonly isDefault: boolean;
  /** What observations name. */
  readonly decisionId: string;
  readonly reason: Reason;
  /** Probability with which the value was chosen; null without a choice. */
  readonly propensity: number | null;
  /** The blueprint version that answered. */
  readonly blueprint: string | null;
  readonly modelId: string | null;
  /** When this id was decided first, where that answer is kept no longer and this is a new one; null: not that it is known. */
  readonly repeatOf: Date | null;
  /** With reason `error`: what to mend. */
  readonly error: string | null;
}

/** What a reply means for the caller: a null value is the default. */
export function decisionOf<V>(reply: DecisionReplied, fallback: V): Decision<V> {
  const { decisionId, value, propensity, blueprintVersion, modelId, error } = reply;
  return {
    value: value === null ? fallback : (value as V),
    isDefault: value === null,
    decisionId,
    reason: reply.reason,
    propensity,
    blueprint: blueprintVersion,
    modelId,
    repeatOf: reply.repeatOf === null ? null : new Date(reply.repeatOf),
    error,
  };
}

/** The caller's default, because there is no reply. */
export function defaultDecision<V>(decisionId: string, fallback: V, error: unknown): Decision<V> {
  return {
    value: fallback,
    isDefault: true,
    decisionId,
    reason: "error",
    propensity: null,
    blueprint: null,
    modelId: null,
    repeatOf: null,
    error: error instanceof Error ? error.message : String(error),
  };
}
