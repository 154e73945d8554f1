import { learnerKinds, type LearnerKind, type LearnerParameters } from "../../blueprints/index.ts";
import { momentsOf } from "../../statistics/index.ts";
import { designOf, type Design } from "../linear/design.ts";
import { elasticNet } from "../linear/elastic-net.ts";
import { onnxFromLinear, type LinearModel } from "../onnx/index.ts";
import type { FitInput, FitLabel, Learner } from "./learner.ts";
import { byLogarithm } from "../search/by-logarithm.ts";
import { onlyLabel } from "./only-label.ts";

/** Logistic regression, or least squares, with an elastic net. */
export const linear: Learner<"linear"> = {
  kind: learnerKinds.get("linear") as LearnerKind<"linear">,
  module: import.meta.url,
  space: {
    first: [{}, { bins: 8, l2: 50 }],
    more: (draw) => ({
      bins: 2 ** Math.floor(6 * draw("bins")),
      l2: byLogarithm(2, 300, draw("l2")),
      l1: draw("l1") < 0.7 ? 0 : byLogarithm(0.1, 10, draw("l1 strength")),
    }),
  },
  async fit(input) {
    const { model, importance } = fitLines(input, onlyLabel("linear", input.labels), input.model);
    return Promise.resolve({ onnx: onnxFromLinear(model, input.metadata), importance, summed: { lines: model } });
  },
};

/** Fits the sum of lines to a label. */
export function fitLines(
  { features, rows, columns, inputs, weights, onProgress }: FitInput,
  label: FitLabel,
  { l1, l2, bins }: LearnerParameters["linear"],
  l2Key?: string,
): { readonly model: LinearModel; readonly importance: readonly number[] } {
  const design = designOf(features, rows, inputs, bins);
  const { center, scale, values } = scaled(label, weights);
  const { objective } = label;
  const fitted = elasticNet({ design, objective, labels: values, weights, l1, l2, l2Key, onProgress });
  const learnt = modelOf(design, fitted.values, scale);
  const intercept = center + scale * fitted.intercept;
  const model = { columns, binary: objective === "binary", intercept, ...learnt };
  return { model, importance: importanceOf(design, fitted.values, weights) };
}

/** Values in units of their own deviation, so that a penalty means the same for minutes and for hours. Probabilities stay as they are. */
function scaled(
  { objective, values }: FitLabel,
  weights: Float32Array | undefined,
): { readonly center: number; readonly scale: number; readonly values: Float64Array } {
  const labels = Float64Array.from(values);
  if (objective === "binary") return { center: 0, scale: 1, values: labels };
  const { mean, deviation } = momentsOf(values, weights);
  const scale = deviation > 0 ? deviation : 1;
  return { center: mean, scale, values: labels.map((value) => (value - mean) / scale) };
}

function modelOf({ terms }: Design, values: Float64Array, scale: number): Pick<LinearModel, "numbers" | "categories"> {
  const valueOf = (place: number): number => scale * values[place]!;
  const numbers = terms.flatMap((term, column) => {
    if (term.kind !== "number") return [];
    const { start, knots, fill, missing } = term;
    const rises = Array.from({ length: Math.max(0, knots.length - 1) }, (_, at) => {
      return valueOf(start + at + 1) - valueOf(start + at);
    });
    return [{ column, knots, rises, fill, missing: valueOf(missing) }];
  });
  const categories = terms.flatMap((term, column) => {
    if (term.kind !== "category") return [];
    const { start, groups, missing } = term;
    return [{ column, values: [...Array.from(groups, (group) => valueOf(start + group)), valueOf(missing)] }];
  });
  return { numbers, categories };
}

/**
 * The share of each column: the deviation of what it adds to the sum, over the rows. Of a column with one coefficient that is the coefficient's size times the
 * column's deviation.
 */
function importanceOf(design: Design, values: Float64Array, weights: Float32Array | undefined): readonly number[] {
  const { terms, rows, places, shares, missing } = design;
  const added = new Float64Array(rows);
  const deviations = terms.map((term, at) => {
    for (let row = 0; row < rows; row++) {
      const entry = row * terms.length + at;
      const [place, share] = [places[entry]!, shares[entry]!];
      const next = share > 0 ? share * values[place + 1]! : 0;
      added[row] = (1 - share) * values[place]! + next + (missing[entry] === 1 ? values[term.missing]! : 0);
    }
    return momentsOf(added, weights).deviation;
  });
  const sum = deviations.reduce((total, deviation) => total + deviation, 0);
  return deviations.map((deviation) => (sum > 0 ? deviation / sum : 0));
}
