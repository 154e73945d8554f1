import type {
  ErrorCode,
  EvaluationContext,
  JsonValue,
  Provider,
  ResolutionDetails,
  TrackingEventDetails,
} from "@openfeature/server-sdk";
import type { Candidate, Client, Decision } from "../client/index.ts";
import { StreamsError } from "../streams/client/index.ts";
import { flagOf } from "./flag-of.ts";
import { plainEntries } from "./plain-entries.ts";

export interface ProviderOptions {
  /** Longest wait for a decision, ms. Absent: the client's. */
  readonly timeout?: number | undefined;
  /** Hears of tracked events that could not be stored. Absent: a process warning. */
  readonly onError?: ((error: Error) => void) | undefined;
}

type Value = boolean | string | number;
type Asked = Pick<Client, "getDecision" | "logObservations" | "logEvent">;

const warn = (error: Error): void =>
  process.emitWarning(`loopstream: a tracked event was not stored: ${error.message}`);

/**
 * A provider for OpenFeature's server SDK. A flag's key is the use case, `targetingKey` is the unit, and the entries of
 * the context that are text, numbers, booleans or dates are the decision's context. `decisionId` in the context names the
 * decision, and an array `candidates` there its options. An object is the payload of the chosen action, or `{ ranking }`
 * with the ids of the options to show. Without a model or an answer the flag has the caller's default, with the reason DEFAULT or ERROR.
 *
 * `track(name, context, { decisionId, … })` reports an observation of that decision, whose `kind` is the name; the id is
 * in the flag's `flagMetadata`, and `optionId` names the option. Without a decision id it reports an event of that kind.
 * @param client stays open when the provider closes
 */
export function openFeatureProvider(client: Asked, options: ProviderOptions = {}): Provider {
  const { timeout, onError = warn } = options;
  const tracked = new Set<Promise<unknown>>();

  const evaluate = <T extends Value>(useCase: string, fallback: T, context: EvaluationContext) =>
    resolve(useCase, fallback, context, ({ value }) => value);

  async function resolve<T extends JsonValue>(
    useCase: string,
    fallback: T,
    { targetingKey, decisionId, ...entries }: EvaluationContext,
    part: (decision: Decision<Value | null>) => unknown,
  ): Promise<ResolutionDetails<T>> {
    if (targetingKey === undefined || targetingKey === "")
      return failed(fallback, "TARGETING_KEY_MISSING", "set targetingKey: it is the unit of the decision");
    const id = typeof decisionId === "string" && decisionId !== "" ? decisionId : undefined;
    const { candidates, ...others } = entries;
    const options = Array.isArray(candidates) ? (candidates as unknown as readonly Candidate[]) : undefined;
    const context = plainEntries(options === undefined ? entries : others);
    const request = { unit: targetingKey, decisionId: id, context, candidates: options };
    const decision = await client.getDecision(useCase, request, { timeout, throwOnError: false });
    const { value, ranking, error } = decision;
    const flag = flagOf(decision);
    if (flag.reason === "ERROR") return { ...flag, ...failed(fallback, "GENERAL", error ?? "there is no decision") };
    const isOrder = ranking !== null && typeof fallback === "object";
    if (value === null && !isOrder) return { ...flag, value: fallback };
    const found = part(decision);
    if (found !== null && typeof found === typeof fallback) return { ...flag, value: found as T };
    const decides = `a ${typeof value}${found === null ? " without a payload" : ""}`;
    const problem = `use case ${useCase} decides ${decides}, and a ${typeof fallback} was asked for`;
    return { ...flag, ...failed(fallback, "TYPE_MISMATCH", problem) };
  }

  async function track(name: string, context: EvaluationContext, details: TrackingEventDetails): Promise<void> {
    const { decisionId, observationId, useCase, ...values } = details as Record<string, unknown>;
    const { optionId, ...observed } = values;
    const ids = { observationId: text(observationId), useCase: text(useCase), optionId: text(optionId) };
    const told = { ...plainEntries(contextOf(context)), ...plainEntries(values) };
    const stored =
      typeof decisionId === "string" && decisionId !== ""
        ? await client.logObservations(
            decisionId,
            { kind: name, ...plainEntries(observed) },
            { ...ids, activation: true, throwOnError: false },
          )
        : await client.logEvent(name, told, { throwOnError: false });
    if (!stored.ok) onError(new StreamsError("BACKBONE_UNAVAILABLE", stored.error));
  }

  return {
    metadata: { name: "loopstream" },
    runsOn: "server",
    resolveBooleanEvaluation: evaluate,
    resolveStringEvaluation: evaluate,
    resolveNumberEvaluation: evaluate,
    resolveObjectEvaluation: (useCase, fallback, context) =>
      resolve(useCase, fallback, context, ({ payload, ranking }) =>
        ranking === null ? payload : { ranking: [...ranking] },
      ),
    track(name, context, details) {
      const tracking = track(name, context, details).finally(() => tracked.delete(tracking));
      tracked.add(tracking);
      tracking.catch((error: unknown) => onError(error as Error));
    },
    async onClose() {
      await Promise.allSettled(tracked);
    },
  };
}

function contextOf({ targetingKey: _, decisionId: __, ...context }: EvaluationContext): object {
  return context;
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** The SDK gives the caller's default, and keeps the metadata of an error that is no exception. */
const failed = <T>(value: T, code: keyof typeof ErrorCode, errorMessage: string) => ({
  ...{ value, reason: "ERROR", errorMessage },
  errorCode: code as ErrorCode,
});
