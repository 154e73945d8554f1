import { blueprintTable, modelFor, modelsAt, modelTable, validBlueprints } from "../../catalogue/index.ts";
import { DomainError, enriched, type Enriched, type ModelRecorded, scored } from "../../schemas/index.ts";
import type { Scorer } from "../../serving/index.ts";
import { CodedError, defineOperator, type StreamRecord } from "../../streams/index.ts";
import { posteriorStates } from "../globals/index.ts";
import { withBeliefs } from "./believe.ts";
import { notPredicted, predict, type Predicted } from "./logic.ts";

/** Loads a model's file and keeps the most recently used ones. */
export type Scorers = (model: ModelRecorded) => Promise<Scorer>;

/**
 * Requests with features in, requests with predictions out; one run of the model for a batch. Without a model there are
 * no predictions but those of a posterior.
 */
export const infer = (scorers: Scorers) =>
  defineOperator({
    name: "infer",
    in: { enriched },
    out: { scored },
    state: {},
    globals: { blueprints: blueprintTable, models: modelTable, posteriors: posteriorStates },
    handlers: {
      async enriched(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        const modelOf = (record: StreamRecord<Enriched>): ModelRecorded | undefined => {
          const { request, blueprintVersion } = record.value;
          if (blueprintVersion === null) return undefined;
          const atWork = modelsAt(context.globals.models, request.useCase, blueprintVersion, record.time);
          return modelFor(atWork, request);
        };
        const predictions = new Map<StreamRecord<Enriched>, Predicted>();
        const models = new Map(records.map((record) => [record, modelOf(record)]));
        for (const [model, group] of Map.groupBy(records, (record) => models.get(record))) {
          const compiled = model && blueprints.version(model.useCase, model.blueprintVersion);
          if (model === undefined || compiled === undefined) continue;
          const requests = group.map(({ value }) => value);
          try {
            const made = await predict(requests, compiled, await scorers(model));
            for (const [index, record] of group.entries()) predictions.set(record, made[index]!);
          } catch (error) {
            if (error instanceof CodedError && error.flags.retry) throw error;
            // Without a prediction the policy gives no value: the product gets its default, with reason error.
            context.reject(group[0]!, modelFailed(model, error));
          }
        }
        for (const record of records) {
          const model = models.get(record);
          const { request, blueprintVersion } = record.value;
          const compiled =
            blueprintVersion === null ? undefined : blueprints.version(request.useCase, blueprintVersion);
          const made = predictions.get(record) ?? notPredicted;
          context.emit("scored", {
            key: record.key,
            value: {
              enriched: record.value,
              modelId: model?.modelId ?? null,
              ...withBeliefs(made, record.value, compiled, context.globals.posteriors, record.time),
            },
            time: record.time,
            from: record,
          });
        }
      },
    },
  });

function modelFailed(model: ModelRecorded, error: unknown): DomainError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DomainError("MODEL_FAILED", `model ${model.modelId} can't predict: ${reason}; withdraw it`, error);
}
