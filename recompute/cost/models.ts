import { validBlueprints } from "../../catalogue/index.ts";
import { predict } from "../../operators/index.ts";
import { FIRST_RECORDS, reasonOf } from "../../streams/index.ts";
import type { RecomputeSource, Tables } from "../source.ts";
import type { Pass } from "./measure.ts";
import type { Prepared } from "./works.ts";

/** A model that made some of the decisions. */
export interface AskedModel {
  /** Null: none did. */
  readonly modelId: string | null;
  readonly fileBytes: number | null;
  /** Its decisions in batches, and then one by one; none if it can't be asked. */
  readonly passes: readonly Pass[];
  /** Why it can't be asked. */
  readonly unknown: string | null;
}

/** The models of the decisions, each with those that it made. */
export async function modelsAsked(
  source: RecomputeSource,
  tables: Tables,
  all: readonly Prepared[],
): Promise<readonly AskedModel[]> {
  const asked: AskedModel[] = [];
  for (const [modelId, own] of Map.groupBy(all, ({ made }) => made.logged.decision.modelId)) {
    if (modelId !== null) asked.push(await modelAsked(source, tables, modelId, own));
  }
  if (asked.length > 0) return asked;
  const unknown = "none of these decisions was made by a model";
  return [{ modelId: null, fileBytes: null, passes: [], unknown }];
}

async function modelAsked(
  { scorers }: RecomputeSource,
  tables: Tables,
  modelId: string,
  own: readonly Prepared[],
): Promise<AskedModel> {
  const model = tables.models.get(`${own[0]!.enriched.request.useCase}/${modelId}`);
  const compiled = model && validBlueprints(tables.blueprints).version(model.useCase, model.blueprintVersion);
  if (model === undefined || compiled === undefined)
    return { modelId, fileBytes: null, passes: [], unknown: `there is no model ${modelId} any more` };
  const fileBytes = model.artifact.bytes;
  try {
    const scorer = await scorers(model);
    const requests = own.map(({ enriched }) => enriched);
    const pass = (batch: number): Pass => ({
      decisions: own.length,
      async run() {
        for (let from = 0; from < requests.length; from += batch)
          await predict(requests.slice(from, from + batch), compiled, scorer);
      },
    });
    const passes = [pass(FIRST_RECORDS), pass(1)];
    await passes[0]!.run();
    return { modelId, fileBytes, passes, unknown: null };
  } catch (error) {
    return { modelId, fileBytes, passes: [], unknown: reasonOf(error) };
  }
}
