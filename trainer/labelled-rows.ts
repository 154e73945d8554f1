import type { CompiledBlueprint } from "../blueprints/index.ts";
import { askedVersion, modelsAt, validBlueprints } from "../catalogue/index.ts";
import {
  readRows,
  rowsTopic,
  withoutExtremes,
  type LeftOut,
  type RowsRead,
  type TreatedValues,
} from "../rows/index.ts";
import type { ModelRecorded, TrainingRow } from "../schemas/index.ts";
import { divideUnits } from "./kept-units.ts";
import { learntLabels } from "./learnt-labels.ts";
import { seenBy, splitRows, type SplitRows } from "./split-rows.ts";
import type { TrainingTables, TrainingTools } from "./training-tools.ts";

export interface LabelledRowsRequest {
  readonly useCase: string;
  /** Event time, ms: rows complete after it are left out. */
  readonly until: number;
  /** Absent: the version that is live at `until`. */
  readonly blueprintVersion?: string | undefined;
  /** The topic with the rows; absent: the use case's own. */
  readonly rowsTopic?: string | undefined;
  /** The share of the units whose rows no model learns from; absent: the blueprint's. */
  readonly evaluation?: number | undefined;
  /** The share of the newest rows to judge by; absent: the blueprint's. */
  readonly holdout?: number | undefined;
}

/** Columns and values that were there, and were left out or changed for the training. */
export interface NotLearnt {
  readonly leftOut: readonly LeftOut[];
  readonly treated: readonly TreatedValues[];
}

export interface LabelledRows {
  readonly compiled: CompiledBlueprint;
  /** Name of the topic that was read. */
  readonly topic: string;
  readonly read: RowsRead;
  /** All that is learnt from, at last, in the order of the decisions. */
  readonly rows: readonly TrainingRow[];
  readonly split: SplitRows;
  /** Those of units that are kept for evaluation, in the order of the decisions. */
  readonly kept: readonly TrainingRow[];
  /** The share of the units that is. */
  readonly evaluation: number;
  /** The model in production at `until`, which the rows that judge are new to. */
  readonly production: ModelRecorded | undefined;
  /** With fewer, nothing is trained and nothing is judged. */
  readonly needed: number;
  /** The count of the label that the fewest rows have. Zero if no row of the training has it. */
  readonly fewest: { readonly rows: number; readonly label?: string };
  readonly notLearnt: NotLearnt;
}

/** The rows of a training: those to learn from, and the newest, to judge by. Rejects when the use case or version is unknown. */
export async function labelledRows(
  { backbone, serdes, keptRows }: Pick<TrainingTools, "backbone" | "serdes" | "keptRows">,
  tables: TrainingTables,
  request: LabelledRowsRequest,
): Promise<LabelledRows> {
  const { useCase, until } = request;
  const blueprints = validBlueprints(tables.blueprints);
  const compiled = askedVersion(blueprints, useCase, request.blueprintVersion, until);
  const { training } = compiled.blueprint;
  const topic = rowsTopic(compiled, request.rowsTopic);
  const read = await readRows(backbone, serdes, compiled, blueprints, until, {
    topic,
    most: training.maxRows,
    packed: true,
    keep: keptRows,
  });
  const usable = withoutExtremes(read.rows, compiled.layout, learntLabels(compiled), compiled.weight);
  const evaluation = request.evaluation ?? training.evaluation;
  const { learnt: rows, kept } = divideUnits(usable.rows, useCase, evaluation);
  const share = request.holdout ?? training.holdout;
  const { production } = modelsAt(tables.models, useCase, compiled.blueprint.version, until);
  const needed = Math.max(training.minRows, share === 0 ? 1 : 2);
  const split = splitRows(compiled, rows, share, seenBy(production, compiled));
  const notLearnt = { leftOut: read.leftOut, treated: [...sampledOut(read), ...usable.treated] };
  const fewest = fewestRows(split, rows);
  return { compiled, topic: topic.name, read, rows, split, kept, evaluation, production, needed, fewest, notLearnt };
}

/** Told with the values that were not learnt. */
const sampledOut = ({ sampledOut: rows }: RowsRead): readonly TreatedValues[] =>
  rows === 0 ? [] : [{ name: "training.maxRows", treatment: "sampled", rows, decisions: [] }];

function fewestRows({ labels }: SplitRows, rows: readonly TrainingRow[]): LabelledRows["fewest"] {
  if (labels.length === 1) return { rows: rows.length };
  const counts = labels.map(({ label, train, holdout }) => ({
    rows: train.length === 0 ? 0 : train.length + holdout.length,
    label: label.name,
  }));
  return counts.reduce((fewest, count) => (count.rows < fewest.rows ? count : fewest));
}
