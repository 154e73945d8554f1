/** A metric for people: with so many decimals, or four digits where these would say nothing of its size. */
export function figureText(value: number, decimals: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 10 ** (2 - decimals) && size < 1e6)) return value.toFixed(decimals);
  return String(Number(value.toPrecision(4)));
}

/** A metric in a verdict; it may be undefined on the rows that judge. */
export const verdictFigure = (value: number | undefined): string =>
  value === undefined ? "unknown" : figureText(value, 5);
