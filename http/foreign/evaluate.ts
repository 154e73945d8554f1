import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { candidatesOf } from "../../client/index.ts";
import { flagOf } from "../../openfeature/index.ts";
import { DomainError } from "../../schemas/index.ts";
import { CodedError, hasCode } from "../../streams/index.ts";
import type { Desk } from "../desk.ts";
import { at, problemOf } from "../problems/problem.ts";
import type { AskedDecision } from "../wire/decision.ts";
import type { Evaluation, EvaluationContext, EvaluationFailure } from "../wire/ofrep.ts";
import { declaredContext } from "./declared-context.ts";

/** A decision as OFREP's evaluation of a flag. Throws what `Desk.decide` throws, and `BAD_REQUEST` for the context. */
export async function evaluate(
  desk: Desk,
  useCase: string,
  { targetingKey, decisionId, ...context }: EvaluationContext,
  deferred = false,
): Promise<Evaluation | EvaluationFailure> {
  const live = await desk.live(useCase);
  const unit = unitOf({ targetingKey });
  // A blueprint may have an entry of that name.
  const isEntry = live?.declared.context.has("decisionId") === true;
  const entries = declaredContext(isEntry ? { ...context, decisionId } : context, live, "context");
  const id = isEntry || decisionId === "" ? undefined : decisionId;
  const candidates = optionsIn(context, live);
  const asked = { useCase, unit, context: entries, candidates, decisionId: id, deferred };
  const decision = await desk.decide(asked);
  const { reason, variant, flagMetadata } = flagOf(decision as Parameters<typeof flagOf>[0]);
  const metadata = { ...flagMetadata };
  if (reason === "ERROR")
    return { key: useCase, errorCode: "GENERAL", errorDetails: decision.error ?? undefined, metadata };
  const value = decision.ranking === undefined ? decision.value : { ranking: decision.ranking };
  if (value === null) return { key: useCase, reason: "UNKNOWN", metadata };
  return { key: useCase, value, reason, ...(variant === undefined ? {} : { variant }), metadata };
}

/** The options in a context, of a use case that takes some. Throws `BAD_REQUEST` that names the one that is wrong. */
function optionsIn(
  { candidates }: Readonly<Record<string, unknown>>,
  live: CompiledBlueprint | undefined,
): AskedDecision["candidates"] {
  if (candidates === undefined || live === undefined || live.options === null) return undefined;
  if (live.declared.context.has("candidates")) return undefined;
  try {
    return [...candidatesOf(candidates)];
  } catch (error) {
    if (!hasCode(error, "UNENCODABLE")) throw error;
    throw at(new DomainError("BAD_REQUEST", `context.${(error as Error).message}`), { field: "context.candidates" });
  }
}

/** Throws `BAD_REQUEST` for a context without a targeting key. */
export function unitOf({ targetingKey }: EvaluationContext): string {
  if (targetingKey !== undefined && targetingKey !== "") return targetingKey;
  const field = "context.targetingKey";
  throw at(new DomainError("BAD_REQUEST", `${field} is missing: it is the unit of the decision`), { field });
}

/** An error as OFREP has it; `status` is one that its clients know. */
export function evaluationFailure(error: unknown, key: string | undefined) {
  const { status, detail, field = "" } = problemOf(error);
  const errorCode = codeOf(error, field);
  const known = status === 400 || status === 413 || status === 415 ? 400 : status < 500 ? status : 500;
  return { status: known, body: { ...(key === undefined ? {} : { key }), errorCode, errorDetails: detail } };
}

function codeOf(error: unknown, field: string): EvaluationFailure["errorCode"] {
  if (hasCode(error, "UNKNOWN_USE_CASE")) return "FLAG_NOT_FOUND";
  if (!(error instanceof CodedError)) return "GENERAL";
  if (field === "context.targetingKey") return "TARGETING_KEY_MISSING";
  if (field.startsWith("context") || error.code === "OVER_LIMIT") return "INVALID_CONTEXT";
  return ["BAD_REQUEST", "UNSUPPORTED_TYPE", "REQUEST_TOO_LARGE"].includes(error.code) ? "PARSE_ERROR" : "GENERAL";
}
