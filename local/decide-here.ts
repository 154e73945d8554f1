import { modelFor, modelsAt, validBlueprints, type ValidBlueprints } from "../catalogue/index.ts";
import {
  decideScored,
  enrichRequest,
  notPredicted,
  predict,
  refusal,
  replyTo,
  setAt,
  type Predicted,
  type RowBytes,
} from "../operators/index.ts";
import type {
  BlueprintPublished,
  DecisionReplied,
  DecisionRequested,
  Enriched,
  ModelRecorded,
} from "../schemas/index.ts";
import type { ScorerCache } from "../serving/index.ts";
import { CodedError, type GlobalView, type Log } from "../streams/index.ts";

/** What decisions are made of, as it was read from the topics. */
export interface Known {
  readonly blueprints: GlobalView<BlueprintPublished>;
  readonly models: GlobalView<ModelRecorded>;
  readonly tables: RowBytes;
}

export interface Deciding {
  readonly known: Known;
  readonly scorers: Pick<ScorerCache, "get">;
  readonly salt: string;
  readonly log: Log;
}

/** An answer with the request that records it. */
export interface Made {
  readonly reply: DecisionReplied;
  /** `undefined`: there is no decision, since no version of the use case is live. */
  readonly request: DecisionRequested | undefined;
}

/** A version without windows asks for none. */
const noWindows = Object.freeze({ get: () => undefined });

/**
 * The decision of a request by the operators of the loop: the same features, model, policy and draws, from what this process has
 * read. Rejects if the model's file can't be read now, and with `WARMING` while a table is being read.
 * @param time of the request, ms
 */
export async function decideHere(request: DecisionRequested, time: number, deciding: Deciding): Promise<Made> {
  const { known, salt } = deciding;
  const blueprints = validBlueprints(known.blueprints);
  const enriched = enrichRequest(request, time, blueprints, noWindows, undefined, known.tables);
  const { useCase, decisionId } = request;
  const compiled = blueprints.version(useCase, enriched.blueprintVersion ?? "");
  if (compiled === undefined)
    return { reply: refusal(decisionId, useCase, enriched.error ?? "no version is live"), request: undefined };
  const model = modelFor(modelsAt(known.models, useCase, compiled.blueprint.version, time), request);
  const predicted = await predictedBy(model, enriched, blueprints, deciding);
  const scored = { enriched, modelId: model?.modelId ?? null, ...predicted };
  const decision = decideScored(scored, compiled, time, salt, setAt(blueprints, compiled, time));
  return { reply: replyTo(decision, compiled), request: { ...request, answered: decision } };
}

async function predictedBy(
  model: ModelRecorded | undefined,
  enriched: Enriched,
  blueprints: ValidBlueprints,
  { scorers, log }: Deciding,
): Promise<Predicted> {
  const compiled = model && blueprints.version(model.useCase, model.blueprintVersion);
  if (model === undefined || compiled === undefined) return notPredicted;
  try {
    const [predicted] = await predict([enriched], compiled, await scorers.get(model));
    return predicted!;
  } catch (error) {
    if (error instanceof CodedError && error.flags.retry) throw error;
    const told = error instanceof Error ? error.message : String(error);
    log.error(
      { modelId: model.modelId, error: told },
      "local client: the model can't predict; the decision has no value",
    );
    return notPredicted;
  }
}
