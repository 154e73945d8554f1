import { learntRows, stateText } from "../../../catalogue/index.ts";
import {
  figureText,
  weightsText,
  type ImportResult,
  type RowsScore,
  type TrainResult,
} from "../../../trainer/index.ts";
import type { Stepped } from "../../../loop/index.ts";
import { shownTime } from "../output.ts";

type Trained = Extract<TrainResult, { readonly kind: "trained" }>;
type TooFew = Extract<TrainResult, { readonly kind: "tooFewRows" }>;
export type TrainedJson = ReturnType<typeof trainedJson>;

/** A training for programs: without the model's bytes. */
export const trainedJson = (
  { model: { modelId, metrics, provenance, states }, promoted, seconds, weights, leftOut, treated }: Trained,
  scored: RowsScore | undefined,
) => ({
  ...{ modelId, promoted, metrics, scored, rows: learntRows(provenance), weights, seconds },
  ...{ reason: states.at(-1)!.reason, leftOut, treated },
});

export function trainedText({ modelId, rows, weights, seconds, reason, scored }: TrainedJson): string {
  const line = `model ${modelId}, ${rows} rows${weights === undefined ? "" : ` (${weightsText(weights)})`}, ${seconds.toFixed(1)} s: ${reason.replace(/^on \d+ rows[,;] /, "")}`;
  if (scored === undefined) return line;
  const figures = Object.entries(scored.metrics).map(([name, figure]) => `${name} ${figureText(figure, 4)}`);
  const without = (scored.withoutWeight ?? 0) === 0 ? "" : ` (${scored.withoutWeight} others have no weight)`;
  return `${line}\non ${scored.rows} later rows${without}: ${figures.join(", ")}`;
}

export function tooFewText({ rows, needed, label, leftOut, treated }: TooFew): string {
  const usable = leftOut.length + treated.length === 0 ? "complete by then" : "complete by then and usable";
  const which = label === undefined ? "" : ` with label ${label}`;
  return `not trained: ${rows} rows${which} are ${usable}, ${needed} are needed`;
}

/** A training of a backtest, in a line. @param time event time of the training, ms */
export function trainingLine(result: TrainResult, time: number, reason: string): string {
  const at = timeText(time);
  if (result.kind === "tooFewRows") return `${at}  ${tooFewText(result)}`;
  const { modelId, states } = result.model;
  return `${at}  model ${modelId}, ${reason}: ${states.at(-1)!.reason}`;
}

/** A step of a model on the ladder, in a line. @param time event time of the step, ms */
export const steppedLine = ({ model: { modelId, states }, from, reason }: Stepped, time: number): string =>
  `${timeText(time)}  model ${modelId}, from ${stateText(from)} to ${stateText(states.at(-1)!)}: ${reason}`;

const timeText = (time: number): string => new Date(time).toISOString().slice(0, 16);

export type ImportedJson = ReturnType<typeof importedJson>;

/** An imported model for programs. */
export const importedJson = ({ kind, model, promoted, judged, notes, leftOut, treated }: ImportResult) => ({
  ...{ modelId: model.modelId, known: kind === "known", promoted, metrics: model.metrics, judged },
  ...{ trainedUntil: model.provenance.imported?.trainedUntil ?? null, notes },
  ...{ reason: model.states.at(-1)!.reason, leftOut, treated },
});

export function importedText({ modelId, known, judged, trainedUntil, notes, reason }: ImportedJson): string {
  if (known) return `model ${modelId} is there already: ${reason}`;
  const duty =
    trainedUntil === null && judged.from !== null
      ? [
          `judged by ${judged.rows} rows decided from ${shownTime(judged.from)} on: it must not have been trained on them; ` +
            "--trained-until says so",
        ]
      : [];
  return [`model ${modelId}, imported: ${reason.replace(/^imported; /, "")}`, ...notes, ...duty].join("\n");
}
