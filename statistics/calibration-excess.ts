const BINS = 10;
/** By so many standard errors a bin may be off by chance. */
const BY_CHANCE = 2;

/**
 * By how much predictions of probabilities or means are off, beyond what chance explains: rows in ten bins by their
 * predictions, in each the distance of the mean prediction from the mean label that exceeds two standard errors, and of
 * these the mean over rows. In the label's unit; 0: none is off.
 *
 * @param weights not negative; absent: all rows count the same
 */
export function calibrationExcess(predictions: Float32Array, labels: Float32Array, weights?: Float32Array): number {
  const order = Uint32Array.from(predictions.keys()).sort((a, b) => predictions[a]! - predictions[b]! || a - b);
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const bins = Math.min(BINS, order.length);
  let [excess, total] = [0, 0];
  for (let at = 0; at < bins; at++) {
    const rows = order.subarray(Math.round((at * order.length) / bins), Math.round(((at + 1) * order.length) / bins));
    const weight = rows.reduce((sum, row) => sum + weightOf(row), 0);
    if (weight === 0) continue;
    const meanOf = (value: (row: number) => number): number =>
      rows.reduce((sum, row) => sum + weightOf(row) * value(row), 0) / weight;
    const observed = meanOf((row) => labels[row]!);
    // Around the predictions: labels that are all the same by chance have no spread of their own.
    const variance = meanOf((row) => (labels[row]! - predictions[row]!) ** 2);
    const squares = rows.reduce((sum, row) => sum + weightOf(row) ** 2, 0);
    const error = Math.sqrt((variance * squares) / weight ** 2);
    const distance = Math.abs(meanOf((row) => predictions[row]!) - observed);
    excess += weight * Math.max(0, distance - BY_CHANCE * error);
    total += weight;
  }
  return total === 0 ? 0 : excess / total;
}
