import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** By name: how many times the reference loop's time a run takes. */
export type Baseline = Readonly<Record<string, number>>;

const file = join(import.meta.dirname, "baseline.json");

export const readBaseline = (): Baseline => JSON.parse(readFileSync(file, "utf8")) as Baseline;

export function writeBaseline(ratios: Baseline): void {
  const rounded = Object.entries(ratios).map(([name, ratio]) => [name, Number(ratio.toPrecision(3))]);
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`);
}

/** A loss above this is printed in red. */
export const TOLERATED = 0.2;

/** `+12 %` slower than the baseline, negative when faster; `new` without one. */
export function change(ratio: number, known: number | undefined): { readonly text: string; readonly lost: boolean } {
  if (known === undefined) return { text: "new", lost: false };
  const share = ratio / known - 1;
  return { text: `${share < 0 ? "" : "+"}${Math.round(share * 100)} %`, lost: share > TOLERATED };
}
