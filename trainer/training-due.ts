import type { CompiledBlueprint } from "../blueprints/index.ts";
import { validBlueprints } from "../catalogue/index.ts";
import { rowsTopic } from "../rows/index.ts";
import type { ModelRecorded } from "../schemas/index.ts";
import type { Backbone, GlobalView } from "../streams/index.ts";
import type { TrainingTools } from "./training-tools.ts";
import { cronDue, freshRowsDue } from "./triggers.ts";

/**
 * Whether a training of a use case is due at event time `now`, ms, by its schedule or by fresh rows, and why.
 * The first one is due when there are `minRows` rows. Without a schedule and fresh rows none ever is. An imported model is no training.
 */
export async function trainingDue(
  { backbone, tables, lacking }: Pick<TrainingTools, "backbone" | "tables" | "lacking">,
  useCase: string,
  now: number,
): Promise<string | undefined> {
  const { blueprints, models } = await tables();
  const compiled = validBlueprints(blueprints).at(useCase, now);
  if (compiled === undefined) return undefined;
  const { version, training } = compiled.blueprint;
  if (training.schedule === null && training.freshRows === null) return undefined;
  const { rows, end } = await countRows(backbone, compiled);
  if (rows < training.minRows) return undefined;
  const lack = lacking.get(useCase);
  if (lack?.version === version && end < lack.end) return undefined;
  const last = newestTraining(models, useCase, version);
  if (last === undefined) return `first ${rows} rows`;
  const { until, ranges } = last.provenance;
  if (until >= now) return undefined;
  const rowsThen = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  if (training.freshRows !== null && freshRowsDue(training.freshRows, rowsThen, rows)) {
    return `${rows - rowsThen} fresh rows on ${rowsThen}`;
  }
  if (training.schedule !== null && rows > rowsThen && cronDue(training.schedule, until, now)) {
    return `schedule ${training.schedule}`;
  }
  return undefined;
}

/** `end`: the ends of the partitions, added up. */
async function countRows(
  backbone: Backbone,
  compiled: CompiledBlueprint,
): Promise<{ readonly rows: number; readonly end: number }> {
  const { name } = rowsTopic(compiled);
  const known = (await backbone.partitions(name)) === undefined ? [] : await backbone.offsets([name]);
  const end = known.reduce((sum, at) => sum + at.end, 0);
  return { rows: known.reduce((sum, at) => sum - at.start, end), end };
}

function newestTraining(
  models: GlobalView<ModelRecorded>,
  useCase: string,
  version: string,
): ModelRecorded | undefined {
  let newest: ModelRecorded | undefined;
  for (const model of models.values()) {
    if (model.useCase !== useCase || model.blueprintVersion !== version) continue;
    if (model.provenance.imported !== null) continue;
    if (newest === undefined || model.provenance.until > newest.provenance.until) newest = model;
  }
  return newest;
}
