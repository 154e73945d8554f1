/** How much each row moves a metric: numbers whose mean is the metric, and whose deviations say how sure it is. */

/** Of a mean of terms, one a row, by weights if there are some. @param weights not negative, one above 0 */
export function meanInfluences(terms: Float64Array, weights?: Float32Array): Float64Array {
  if (weights === undefined) return terms;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = terms.reduce((sum, term, row) => sum + weights[row]! * term, 0) / total;
  return terms.map((term, row) => mean + ((terms.length * weights[row]!) / total) * (term - mean));
}

/**
 * Of the area under the ROC curve, by the placements of DeLong, DeLong and Clarke-Pearson (1988): of a row the share of
 * the other class's rows that it is ordered rightly with, ties counting one half.
 *
 * @param labels 0 or 1; both are there, with weights above 0
 */
export function aucInfluences(labels: Float32Array, scores: Float32Array, weights?: Float32Array): Float64Array {
  const rows = labels.length;
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const order = Uint32Array.from(labels, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  /** By label. */
  const totals = [0, 0] as [number, number];
  for (let row = 0; row < rows; row++) totals[labels[row] as 0 | 1] += weightOf(row);
  const right = new Float64Array(rows);
  const below = [0, 0] as [number, number];
  for (let start = 0; start < rows;) {
    const here = [0, 0] as [number, number];
    let end = start;
    for (; end < rows && scores[order[end]!] === scores[order[start]!]; end++)
      here[labels[order[end]!] as 0 | 1] += weightOf(order[end]!);
    for (let at = start; at < end; at++) {
      const row = order[at]!;
      const isPositive = labels[row] === 1;
      const other = isPositive ? 0 : 1;
      const under = (below[other] + here[other] / 2) / totals[other];
      right[row] = isPositive ? under : 1 - under;
    }
    below[0] += here[0];
    below[1] += here[1];
    start = end;
  }
  const area = right.reduce((sum, share, row) => sum + (labels[row] === 1 ? weightOf(row) * share : 0), 0) / totals[1];
  return right.map((share, row) => area + ((rows * weightOf(row)) / totals[labels[row] as 0 | 1]) * (share - area));
}
