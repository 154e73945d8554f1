import { validBlueprints } from "../../blueprints/index.ts";
import { enriched, scored, type Enriched, type ModelRecorded } from "../../schemas/index.ts";
import { productionModel, type Scorer } from "../../serving/index.ts";
import { defineOperator, type StreamRecord } from "../../streams/index.ts";
import { blueprintTable, modelTable } from "../globals/index.ts";
import { predict } from "./logic.ts";

/** Loads a model's file and keeps the most recently used ones. */
export type Scorers = (model: ModelRecorded) => Promise<Scorer>;

/** Requests with features in, with predictions out; one run of the model a batch. Without a model there are no predictions. */
export const infer = (scorers: Scorers) =>
  defineOperator({
    name: "infer",
    in: { enriched },
    out: { scored },
    state: {},
    globals: { blueprints: blueprintTable, models: modelTable },
    handlers: {
      async enriched(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        const modelOf = (record: StreamRecord<Enriched>): ModelRecorded | undefined => {
          const { request, blueprintVersion } = record.value;
          if (blueprintVersion === null) return undefined;
          return productionModel(context.globals.models, request.useCase, blueprintVersion, record.time);
        };
        const predictions = new Map<StreamRecord<Enriched>, number>();
        const models = new Map(records.map((record) => [record, modelOf(record)]));
        for (const [model, group] of Map.groupBy(records, (record) => models.get(record))) {
          if (model === undefined) continue;
          const compiled = blueprints.version(model.useCase, model.blueprintVersion)!;
          const scores = await predict(
            group.map(({ value }) => value),
            compiled,
            await scorers(model),
          );
          for (const [index, record] of group.entries()) predictions.set(record, scores[index]!);
        }
        for (const record of records) {
          const model = models.get(record);
          const label = model && blueprints.version(model.useCase, model.blueprintVersion)!.blueprint.label.name;
          context.emit("scored", {
            key: record.key,
            value: {
              enriched: record.value,
              modelId: model?.modelId ?? null,
              predictions: label === undefined ? {} : { [label]: predictions.get(record)! },
            },
            time: record.time,
            from: record,
          });
        }
      },
    },
  });
