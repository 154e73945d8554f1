import type { DecisionReason, DecisionReplied } from "../schemas/index.ts";
import type { AnyPayload } from "./use-cases.ts";

export type Reason = DecisionReason;

export interface Decision<V, P = AnyPayload> {
  /** The decision, or the caller's default. */
  readonly value: V;
  /** The settings of the chosen action. Null if it has none, or with the caller's default. */
  readonly payload: P | null;
  /** The ids of the options to show, in this order, where the use case ranks: `value` is the first of them. Null otherwise. */
  readonly ranking: readonly string[] | null;
  /** The value is the caller's default; `reason` says why. */
  readonly isDefault: boolean;
  /** The id for observations of this decision. */
  readonly decisionId: string;
  readonly reason: Reason;
  /** Probability with which the value was chosen; null if there was no choice. */
  readonly propensity: number | null;
  /** The blueprint version that answered. */
  readonly blueprint: string | null;
  readonly modelId: string | null;
  /**
   * The time of the first decision under this id, if its answer is kept no longer and this is a new decision. Null:
   * none is known.
   */
  readonly repeatOf: Date | null;
  /** With reason `error`: the mistake to mend. */
  readonly error: string | null;
}

/** Reads a reply: a null value becomes the default. */
export function decisionOf<V, P>(reply: DecisionReplied, fallback: V): Decision<V, P> {
  const { decisionId, value, propensity, blueprintVersion, modelId, error } = reply;
  return {
    value: value === null ? fallback : (value as V),
    payload: reply.payload as P | null,
    ranking: reply.ranking,
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

/** The default, for a request without a reply. */
export function defaultDecision<V, P>(decisionId: string, fallback: V, error: unknown): Decision<V, P> {
  return {
    value: fallback,
    payload: null,
    ranking: null,
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
