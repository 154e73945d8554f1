/**
 * Figures of predictions against labels. All take one label and one prediction a row, in the same order, and throw a
 * RangeError when the lengths differ, there is no row, or a number is NaN: a figure of such rows would mean nothing.
 *
 * With weights, one a row, a mean is Σ w x / Σ w, and a pair of rows counts as much as the product of its weights.
 * Without them all rows count the same. Weights are finite and not negative, and one at least is above 0.
 */

/** Keeps a logarithm finite; about the resolution of float32 near 1. */
export const LEAST_PROBABILITY = 1e-7;

/** Off 0 and 1 by `LEAST_PROBABILITY`. */
export const clipped = (probability: number): number =>
  Math.min(Math.max(probability, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY);

/** Negative log-likelihood of one label in [0, 1], in nats. */
export function rowLogLoss(label: number, probability: number): number {
  const kept = clipped(probability);
  return -(label * Math.log(kept) + (1 - label) * Math.log(1 - kept));
}

/**
 * Area under the ROC curve: the probability that a row with label 1 is scored above one with label 0, ties counting one
 * half. By ranks (Mann–Whitney), so only the order of the scores matters.
 *
 * @param labels 0 or 1
 * @throws RangeError also when only one class is present, as the area is then undefined
 */
export function auc(labels: Float32Array, scores: Float32Array, weights?: Float32Array): number {
  checkRows("auc", labels, scores);
  checkBinary("auc", labels);
  const order = Uint32Array.from(labels, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  if (weights !== undefined) return weightedAuc(labels, scores, weights, order);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    let positivesHere = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) {
      positivesHere += labels[order[end]!]!;
      end++;
    }
    // Ranks count from 1; tied rows share their mean rank.
    rankSum += positivesHere * ((start + 1 + end) / 2);
    positives += positivesHere;
    start = end;
  }
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new RangeError(
      `auc: all ${labels.length} labels are ${positives === 0 ? 0 : 1}; it needs rows of both classes`,
    );
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Whether rows of both classes count, so that their area under the curve is defined. @param labels 0 or 1 */
export function hasBothClasses(labels: Float32Array, weights?: Float32Array): boolean {
  const has = (wanted: number): boolean =>
    labels.some((label, row) => label === wanted && (weights === undefined || weights[row]! > 0));
  return has(0) && has(1);
}

/** @param order of the rows by their scores, ascending */
function weightedAuc(labels: Float32Array, scores: Float32Array, weights: Float32Array, order: Uint32Array): number {
  checkWeights("auc", labels, weights);
  let [positives, negatives, inOrder] = [0, 0, 0];
  for (let start = 0; start < order.length;) {
    const score = scores[order[start]!];
    let [positivesHere, negativesHere] = [0, 0];
    for (; start < order.length && scores[order[start]!] === score; start++) {
      const row = order[start]!;
      if (labels[row] === 1) positivesHere += weights[row]!;
      else negativesHere += weights[row]!;
    }
    inOrder += positivesHere * (negatives + negativesHere / 2);
    positives += positivesHere;
    negatives += negativesHere;
  }
  if (positives === 0 || negatives === 0) {
    const label = positives === 0 ? 0 : 1;
    throw new RangeError(`auc: all rows with a weight have label ${label}; it needs rows of both classes`);
  }
  return inOrder / (positives * negatives);
}

/**
 * Mean negative log-likelihood in nats; 0 is perfect. Probabilities are clipped to [1e-7, 1 − 1e-7].
 *
 * @param labels in [0, 1]
 */
export function logLoss(labels: Float32Array, probabilities: Float32Array, weights?: Float32Array): number {
  checkRows("logLoss", labels, probabilities);
  checkUnit("logLoss", labels, probabilities);
  return mean("logLoss", labels, (label, row) => rowLogLoss(label, probabilities[row]!), weights);
}

/** Mean squared error of probabilities in [0, 1] against labels in [0, 1]; 0 is perfect. */
export function brier(labels: Float32Array, probabilities: Float32Array, weights?: Float32Array): number {
  checkRows("brier", labels, probabilities);
  checkUnit("brier", labels, probabilities);
  return squaredError("brier", labels, probabilities, weights);
}

/**
 * Mean negative logarithm of the probability of the class that came, in nats; 0 is perfect.
 *
 * @param classes numbers from 0
 * @param probabilities rows × classes, row-major
 */
export function classLogLoss(classes: Float32Array, probabilities: Float32Array, weights?: Float32Array): number {
  const count = checkClasses("classLogLoss", classes, probabilities);
  const term = (label: number, row: number): number => -Math.log(clipped(probabilities[row * count + label]!));
  return mean("classLogLoss", classes, term, weights);
}

/** Share of the rows whose likeliest class is the one that came; of classes that are as likely the first counts. */
export function accuracy(classes: Float32Array, probabilities: Float32Array, weights?: Float32Array): number {
  const count = checkClasses("accuracy", classes, probabilities);
  const right = (label: number, row: number): number => (likeliestClass(probabilities, row, count) === label ? 1 : 0);
  return mean("accuracy", classes, right, weights);
}

/** The class of a row with the largest probability; of classes that are as likely the first. @param probabilities rows × classes */
export function likeliestClass(probabilities: Float32Array, row: number, classes: number): number {
  let best = 0;
  for (let at = 1; at < classes; at++)
    if (probabilities[row * classes + at]! > probabilities[row * classes + best]!) best = at;
  return best;
}

/** Of one label: `share` of the distance to a prediction below it, or the rest of 1 of that to one above it. */
export function rowPinballLoss(label: number, prediction: number, share: number): number {
  return label >= prediction ? share * (label - prediction) : (1 - share) * (prediction - label);
}

/**
 * Mean pinball loss, in the label's unit (Koenker and Bassett 1978): no prediction has less than the quantile of the labels.
 *
 * @param share of the labels that do not exceed the quantile, between 0 and 1
 */
export function pinballLoss(
  labels: Float32Array,
  predictions: Float32Array,
  share: number,
  weights?: Float32Array,
): number {
  checkRows("pinballLoss", labels, predictions);
  return mean("pinballLoss", labels, (label, row) => rowPinballLoss(label, predictions[row]!, share), weights);
}

/** Mean absolute error, in the label's unit. */
export function meanAbsoluteError(labels: Float32Array, predictions: Float32Array, weights?: Float32Array): number {
  checkRows("meanAbsoluteError", labels, predictions);
  return mean("meanAbsoluteError", labels, (label, row) => Math.abs(label - predictions[row]!), weights);
}

/** Mean squared error, in the label's unit squared. */
export function meanSquaredError(labels: Float32Array, predictions: Float32Array, weights?: Float32Array): number {
  checkRows("meanSquaredError", labels, predictions);
  return squaredError("meanSquaredError", labels, predictions, weights);
}

function squaredError(
  metric: string,
  labels: Float32Array,
  predictions: Float32Array,
  weights: Float32Array | undefined,
): number {
  return mean(metric, labels, (label, row) => (label - predictions[row]!) ** 2, weights);
}

function mean(
  metric: string,
  labels: Float32Array,
  term: (label: number, row: number) => number,
  weights: Float32Array | undefined,
): number {
  if (weights === undefined) return labels.reduce((sum, label, row) => sum + term(label, row), 0) / labels.length;
  checkWeights(metric, labels, weights);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return labels.reduce((sum, label, row) => sum + weights[row]! * term(label, row), 0) / total;
}

function checkRows(metric: string, labels: Float32Array, predictions: Float32Array): void {
  if (labels.length === 0 || labels.length !== predictions.length) {
    throw new RangeError(
      `${metric}: ${labels.length} labels and ${predictions.length} predictions; pass one of each a row`,
    );
  }
  const row = labels.findIndex((label, index) => Number.isNaN(label) || Number.isNaN(predictions[index]));
  if (row >= 0) {
    throw new RangeError(
      `${metric}: row ${row} is label ${labels[row]}, prediction ${predictions[row]}; drop rows without a label`,
    );
  }
}

/** @returns how many classes there are */
function checkClasses(metric: string, classes: Float32Array, probabilities: Float32Array): number {
  const count = probabilities.length / classes.length;
  if (classes.length === 0 || !Number.isInteger(count)) {
    throw new RangeError(
      `${metric}: ${classes.length} labels and ${probabilities.length} probabilities; pass one of each class a row`,
    );
  }
  const row = classes.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < count));
  if (row >= 0)
    throw new RangeError(`${metric}: row ${row} is of class ${classes[row]}; classes are 0 to ${count - 1}`);
  const outside = probabilities.findIndex((probability) => !(probability >= 0 && probability <= 1));
  if (outside >= 0) {
    throw new RangeError(`${metric}: row ${Math.floor(outside / count)} has probability ${probabilities[outside]}`);
  }
  return count;
}

function checkWeights(metric: string, labels: Float32Array, weights: Float32Array): void {
  if (weights.length !== labels.length) {
    throw new RangeError(`${metric}: ${labels.length} labels and ${weights.length} weights; pass one of each a row`);
  }
  const row = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (row >= 0) throw new RangeError(`${metric}: row ${row} has weight ${weights[row]}; drop rows without a weight`);
  if (!weights.some((weight) => weight > 0)) {
    throw new RangeError(`${metric}: all ${weights.length} weights are 0, so no row counts`);
  }
}

function checkBinary(metric: string, labels: Float32Array): void {
  const row = labels.findIndex((label) => label !== 0 && label !== 1);
  if (row >= 0) throw new RangeError(`${metric}: row ${row} has label ${labels[row]}; labels are 0 or 1`);
}

function checkUnit(metric: string, labels: Float32Array, probabilities: Float32Array): void {
  const outside = (value: number): boolean => value < 0 || value > 1;
  const row = labels.findIndex((label, index) => outside(label) || outside(probabilities[index]!));
  if (row >= 0) {
    const found = `label ${labels[row]}, probability ${probabilities[row]}`;
    throw new RangeError(
      `${metric}: row ${row} has ${found}; both lie in [0, 1], use meanSquaredError for other labels`,
    );
  }
}
