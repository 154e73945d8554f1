/**
 * The point x of the simplex (x ≥ 0, Σ x = 1) with the least xᵀ M x, by Wolfe's algorithm (1976) in terms of the
 * products M: it ends after finitely many steps at the exact point, up to rounding.
 *
 * @param matrix k × k, row-major, symmetric and positive semidefinite
 */
export function leastOnSimplex(matrix: Float64Array, k: number): Float64Array {
  const at = (i: number, j: number): number => matrix[i * k + j]!;
  let trace = 0;
  for (let i = 0; i < k; i++) trace += at(i, i);
  const x = new Float64Array(k);
  if (!(trace > 0)) return x.fill(1 / k);
  let first = 0;
  for (let i = 1; i < k; i++) if (at(i, i) < at(first, first)) first = i;
  x[first] = 1;
  let support = [first];
  // Each step makes the value smaller, so no support comes twice; rounding alone could go on for ever.
  for (let step = 0; step < 100 * k; step++) {
    const slopes = Array.from({ length: k }, (_, i) => support.reduce((sum, j) => sum + at(i, j) * x[j]!, 0));
    const value = support.reduce((sum, j) => sum + slopes[j]! * x[j]!, 0);
    let best = 0;
    for (let i = 1; i < k; i++) if (slopes[i]! < slopes[best]!) best = i;
    if (slopes[best]! >= value - 1e-13 * trace || support.includes(best)) break;
    support.push(best);
    for (;;) {
      const wanted = leastOnPlane(matrix, k, support, 1e-14 * trace);
      let share = 1;
      for (const [place, i] of support.entries())
        if (wanted[place]! <= 0) share = Math.min(share, x[i]! / (x[i]! - wanted[place]!));
      for (const [place, i] of support.entries()) x[i] = x[i]! + share * (wanted[place]! - x[i]!);
      if (share === 1) break;
      const kept = support.filter((i) => x[i]! > 1e-15);
      const dropped = kept.length < support.length ? kept : kept.toSorted((i, j) => x[i]! - x[j]!).slice(1);
      for (const i of support) if (!dropped.includes(i)) x[i] = 0;
      support = dropped;
    }
  }
  const sum = x.reduce((total, share) => total + share, 0);
  return x.map((share) => share / sum);
}

/** The least of the plane Σ x = 1 of some coordinates: x ∝ M⁻¹ 1, by elimination with pivots. @param ridge against singular M */
function leastOnPlane(matrix: Float64Array, k: number, support: readonly number[], ridge: number): readonly number[] {
  const rows = support.map((i) => [...support.map((j) => matrix[i * k + j]! + (i === j ? ridge : 0)), 1]);
  const size = support.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = column + 1; row < size; row++) {
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let j = column; j <= size; j++) rows[row]![j]! -= factor * rows[column]![j]!;
    }
  }
  const solved = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let rest = rows[row]![size]!;
    for (let j = row + 1; j < size; j++) rest -= rows[row]![j]! * solved[j]!;
    solved[row] = rest / rows[row]![row]!;
  }
  const sum = solved.reduce((total, one) => total + one, 0);
  return solved.map((one) => one / sum);
}
