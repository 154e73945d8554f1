import type { DecisionRequested } from "../schemas/index.ts";
import { StreamsError } from "../streams/client/index.ts";
import { candidatesOf } from "./candidates.ts";
import type { DecisionRequest } from "./client.ts";
import { contextValues, wholeText } from "./plain-values.ts";

/** A request as a product asks it, as it goes into its record. Throws `UNENCODABLE` with the part that is wrong. */
export function requestRecord(
  useCase: string,
  given: DecisionRequest<object, object> | undefined,
  decisionId: string,
): DecisionRequested {
  if (given === undefined) throw new StreamsError("UNENCODABLE", "the request is undefined: send a unit");
  const { deferred = false, answered = null } = given;
  const unit = wholeText("unit", given.unit);
  const context = contextValues(given.context);
  const candidates = candidatesOf(given.candidates);
  wholeText("decisionId", decisionId);
  wholeText("useCase", useCase);
  return { decisionId, useCase, unit, context, deferred, logged: null, candidates, answered };
}
