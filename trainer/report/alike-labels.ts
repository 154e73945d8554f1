import type { SplitLabel } from "../split-rows.ts";

/**
 * Labels that say the same in all rows that were learnt from, for people: nothing was learnt of them. Of a class only that it
 * never came. `undefined`: there are none.
 */
export function alikeLabels(labels: readonly SplitLabel[]): string | undefined {
  const told = labels.flatMap(({ label: { name, column, classOf }, train }) => {
    const [first, ...others] = train;
    if (first === undefined) return [];
    const value = first[column] as number;
    if (others.some((row) => row[column] !== value)) return [];
    if (classOf !== undefined) return value === 0 ? [`no row that it learnt from is ${name}`] : [];
    return [`${name} is ${value} in all rows that it learnt from`];
  });
  return told.length === 0 ? undefined : told.join(", ");
}
