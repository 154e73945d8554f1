/** Population variance of values, null of none: exact for whole numbers, in two passes otherwise. */
export function populationVariance(values: readonly number[]): number | null {
  const count = values.length;
  if (count === 0) return null;
  if (values.every((value) => Number.isInteger(value))) {
    const whole = values.map(BigInt);
    const squares = whole.reduce((sum, value) => sum + value * value, 0n);
    const sum = whole.reduce((sum, value) => sum + value, 0n);
    if (squares <= BigInt(Number.MAX_SAFE_INTEGER)) {
      return Number(BigInt(count) * squares - sum * sum) / (count * count);
    }
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / count;
}
