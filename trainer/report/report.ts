import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { ModelReport, ModelSearch, TrainingRow } from "../../schemas/index.ts";
import type { JudgedLabel } from "../evidence/evidence.ts";
import type { KeptFigures } from "../evidence/kept-figures.ts";
import type { SearchLedger } from "../search/ledger.ts";
import { unitsOf } from "../classes.ts";
import type { Drift } from "./drift.ts";
import { calibrationOf } from "./calibration.ts";
import { worstGroups } from "./groups.ts";
import { judgedRows } from "./judged-rows.ts";

/** A label of a model that was judged. */
export interface ReportedLabel extends JudgedLabel {
  /** By how much the loss of `holdout` grows without each column; absent: nobody measured it. */
  readonly reliance?: readonly number[] | undefined;
  /** By how much each column moves the predictions of `holdout`; absent: nobody measured it. */
  readonly contributions?: readonly number[] | undefined;
  /** How far `holdout` lies from what was learnt from; absent: nobody measured it. */
  readonly drift?: Drift | undefined;
  /** Of a learner that searches: what it tried. */
  readonly search?: SearchLedger | undefined;
}

/** Less is nothing. */
const LEAST_DRIFT = 0.01;
/** Features that are told of. */
const MOST_FEATURES = 30;
/** Of all labels together, and of each at least. */
const MOST_CONTRIBUTIONS = 300;
const LEAST_FEATURES = 5;

/**
 * What a model looks at, how good it is and for whom it is worse.
 *
 * @param rows that were held out for the first label, in the order of its matrix
 * @param constant metrics of the mean on them, and the figures on units that are kept
 */
export function reportOf(
  { layout }: CompiledBlueprint,
  labels: readonly ReportedLabel[],
  rows: readonly TrainingRow[],
  { constant, kept }: { readonly constant: Readonly<Record<string, number>>; readonly kept?: KeptFigures | undefined },
): ModelReport {
  const [unit] = unitsOf(labels, ({ label }) => label.classOf) as readonly [readonly ReportedLabel[]];
  const [{ holdout, reliance, drift }] = unit as readonly [ReportedLabel];
  const judged = judgedRows(unit);
  const counts = rows.length > 0 && holdout.weights?.every((weight) => weight === 0) !== true;
  const importance = layout
    .map(({ name }, column) => ({ feature: name, loss: reliance?.[column] ?? 0 }))
    .filter(({ loss }) => loss !== 0)
    .sort((a, b) => b.loss - a.loss)
    .slice(0, MOST_FEATURES);
  const drifted = layout
    .map(({ name }, column) => ({ feature: name, index: drift?.columns[column] ?? 0 }))
    .filter(({ index }) => index >= LEAST_DRIFT)
    .sort((a, b) => b.index - a.index)
    .slice(0, MOST_FEATURES);
  return {
    constant,
    importance: counts ? importance : [],
    contributions: labels.flatMap((label) => movedBy(layout, label, labels.length)),
    drift: counts ? drifted : [],
    predictionDrift: counts && drift !== undefined ? drift.predictions : null,
    calibration: counts ? calibrationOf(judged) : [],
    groups: counts ? worstGroups(rows, layout, judged) : [],
    kept: kept === undefined ? null : keptOf(kept),
    searches: labels.flatMap((each) => searchOf(each) ?? []),
  };
}

/** The features that move the predictions of a label furthest. @param labels of the model */
function movedBy(
  layout: CompiledBlueprint["layout"],
  { label, holdout, contributions = [] }: ReportedLabel,
  labels: number,
): ModelReport["contributions"] {
  if (holdout.weights?.every((weight) => weight === 0) === true) return [];
  const most = Math.max(LEAST_FEATURES, Math.min(MOST_FEATURES, Math.floor(MOST_CONTRIBUTIONS / labels)));
  return layout
    .map(({ name }, column) => ({ label: label.name, feature: name, mean: contributions[column] ?? 0 }))
    .filter(({ mean }) => mean > 0)
    .sort((a, b) => b.mean - a.mean)
    .slice(0, most);
}

const keptOf = ({ rows, units, from, until, ours, rival, theirs }: KeptFigures): ModelReport["kept"] => ({
  ...{ rows, units, from, until, metrics: ours },
  ...{ rival: rival ?? null, rivalMetrics: theirs },
});

function searchOf({ label, search }: ReportedLabel): ModelSearch | undefined {
  if (search === undefined) return undefined;
  const trials = search.trials.map((trial) => ({ ...trial, parameters: JSON.stringify(trial.parameters) }));
  return { ...search, label: label.classOf ?? label.name, trials };
}
