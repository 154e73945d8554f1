/** A timed variant: the whole work of a round. */
export interface Variant {
  readonly name: string;
  /** Before each run, not timed. */
  readonly prepare?: () => Promise<void>;
  readonly run: () => void | Promise<void>;
}

export interface Timing {
  readonly name: string;
  /** Milliseconds of each round. */
  readonly ms: readonly number[];
  /** Of each round: this time over the reference's in the same round. */
  readonly ratios: readonly number[];
}

/**
 * Runs the variants in turn, round by round, each round in another order, so that a busy neighbour slows all of them. The first
 * variant is the reference. `warmUps` rounds come before the first and are not counted. `clock` gives milliseconds.
 */
export async function interleaved(
  variants: readonly Variant[],
  rounds: number,
  warmUps = 2,
  clock: () => number = () => performance.now(),
): Promise<readonly Timing[]> {
  const ms = new Map<Variant, number[]>(variants.map((variant) => [variant, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (let at = 0; at < variants.length; at++) {
      const variant = variants[(at + round + warmUps) % variants.length]!;
      await variant.prepare?.();
      const started = clock();
      await variant.run();
      if (round >= 0) ms.get(variant)!.push(clock() - started);
    }
  }
  const reference = ms.get(variants[0]!)!;
  return variants.map((variant) => {
    const own = ms.get(variant)!;
    return { name: variant.name, ms: own, ratios: own.map((time, round) => time / reference[round]!) };
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Of one value at least: the one that so large a share of them is below; for 1 the largest. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** `1.84 (1.71–2.02)`: the median and the middle half of the rounds. */
export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const show = (value: number): string => (value < 0.095 ? value.toPrecision(1) : value.toFixed(2));
  const at = (share: number): string => show(sorted[Math.round(share * (sorted.length - 1))]!);
  return `${show(median(values))} (${at(0.25)}–${at(0.75)})`;
}

/** A Markdown table with columns as wide as their cells. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
