import type { Objective } from "../../blueprints/index.ts";
import { classNumbers, everyRow, rowMajor } from "../classes.ts";
import type { JudgedLabel } from "../evidence/evidence.ts";
import { bestConstant, lossOf } from "../loss.ts";

/** Held-out rows with their labels and predictions; of classes how sure the model was of the likeliest one, and whether it came. */
export interface JudgedRows {
  readonly predictions: Float32Array;
  readonly labels: Float32Array;
  readonly weights?: Float32Array | undefined;
  /** By which predictions and labels of some rows are averaged. */
  readonly objective: Objective;
  /** The mean loss of some rows, and that of the best constant for them. */
  lossesOf(rows: readonly number[]): { readonly loss: number; readonly constant: number };
}

const pick = (values: Float32Array, rows: readonly number[], width = 1): Float32Array =>
  Float32Array.from({ length: rows.length * width }, (_, at) => {
    return values[rows[Math.floor(at / width)]! * width + (at % width)]!;
  });

/** @param unit a label, or all classes of one */
export function judgedRows(unit: readonly JudgedLabel[]): JudgedRows {
  const [{ label, holdout, predictions }] = unit as readonly [JudgedLabel];
  const { labels, weights } = holdout;
  if (label.classOf !== undefined) return judgedClasses(unit);
  const { objective } = label;
  return {
    ...{ predictions, labels, weights, objective },
    lossesOf(rows) {
      const [own, some] = [pick(labels, rows), weights && pick(weights, rows)];
      const constant = new Float32Array(rows.length).fill(bestConstant(objective, own, some));
      return {
        loss: lossOf(objective, pick(predictions, rows), own, some),
        constant: lossOf(objective, constant, own, some),
      };
    },
  };
}

function judgedClasses(unit: readonly JudgedLabel[]): JudgedRows {
  const { weights } = unit[0]!.holdout;
  const width = unit.length;
  const all = rowMajor(unit.map(({ predictions }) => predictions));
  const classes = classNumbers(unit.map(({ holdout }) => holdout.labels));
  const likeliest = classes.map((_, row) => {
    const chances = all.subarray(row * width, (row + 1) * width);
    return chances.indexOf(chances.reduce((a, b) => Math.max(a, b)));
  });
  return {
    predictions: likeliest.map((at, row) => all[row * width + at]!),
    labels: likeliest.map((at, row) => (at === classes[row] ? 1 : 0)),
    weights,
    objective: "binary",
    lossesOf(rows) {
      const [own, some] = [pick(classes, rows), weights && pick(weights, rows)];
      const shares = unit.map(({ holdout }) => bestConstant("binary", pick(holdout.labels, rows), some));
      return {
        loss: lossOf("multiclass", pick(all, rows, width), own, some),
        constant: lossOf("multiclass", everyRow(shares, rows.length), own, some),
      };
    },
  };
}
