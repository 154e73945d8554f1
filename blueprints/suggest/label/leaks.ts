import type { Cell } from "../profile/table-profile.ts";
import { isMissing } from "../profile/table-profile.ts";
import { centredRanks, correlation } from "../windows/association.ts";
import { many, percent } from "../words.ts";

/** Fewer labelled decisions prove nothing. */
const LEAST = 50;
/** A column leaks where guessing by its values errs this much less often than guessing without it. */
const ERROR_LEFT = 0.03;
/** Rows that a group of values has at least, on average. */
const ROWS_A_GROUP = 20;
const MOST_GROUPS = 512;
/** A column that goes with the order of the decisions by this share of what sorted values would tells the time. */
const GROWS = 0.9;

/**
 * Why a column of the decisions must be the outcome in other words, or be known only afterwards; null: it need not be.
 * @param labels null: the decision has none
 */
export function leakOf(cells: readonly Cell[], labels: readonly (number | null)[]): string | null {
  const known = labels.flatMap((label, at) => (label === null ? [] : [at]));
  if (known.length < LEAST) return null;
  const groups = grouped(known.map((at) => cells[at] ?? null));
  if (groups === undefined) return null;
  const own = known.map((at) => labels[at]!);
  const [without, by] = [spread(own), new Map<number, number[]>()];
  for (const [at, group] of groups.entries()) {
    const some = by.get(group);
    if (some === undefined) by.set(group, [own[at]!]);
    else some.push(own[at]!);
  }
  const left = [...by.values()].reduce((sum, some) => sum + spread(some), 0);
  if (without < ROWS_A_GROUP / 2 || left > ERROR_LEFT * without) return null;
  return `says the outcome in advance (${percent(1 - left / without)} of what is not known without it): it seems to be known only afterwards`;
}

/** Summed squared distances from the mean: of labels of 0 and 1 a measure of how mixed they are. */
function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** A group of each row: by its value, of many numbers by their rank; undefined: there are too many values. */
function grouped(cells: readonly Cell[]): readonly number[] | undefined {
  const most = Math.min(MOST_GROUPS, Math.floor(cells.length / ROWS_A_GROUP));
  const groups = new Map<string, number>();
  for (const cell of cells) {
    const text = textOf(cell);
    if (!groups.has(text)) groups.set(text, groups.size);
  }
  if (groups.size <= most) return cells.map((cell) => groups.get(textOf(cell))!);
  const numbers = cells.map((cell) => (isMissing(cell) ? null : Number(cell)));
  if (numbers.some((number) => number !== null && !Number.isFinite(number))) return undefined;
  const order = numbers.flatMap((number, at) => (number === null ? [] : [at]));
  order.sort((a, b) => numbers[a]! - numbers[b]!);
  const result = cells.map(() => 0);
  const size = Math.ceil(order.length / most);
  for (const [rank, at] of order.entries()) result[at] = 1 + Math.floor(rank / size);
  return result;
}

const textOf = (cell: Cell): string => (isMissing(cell) ? "" : String(cell));

/**
 * Whether numbers mostly grow from one decision to the next, as a year or a serial number: a model would see values
 * later that it has not learnt.
 * @param numbers in the order of the decisions' times
 */
export function growsWithTime(numbers: readonly (number | null)[]): boolean {
  const known = numbers.flatMap((number) => (number === null ? [] : [number]));
  if (known.length < LEAST) return false;
  const order = centredRanks(known.map((_, at) => at));
  // With few different values not even sorted ones go with the order by 1.
  const most = correlation(centredRanks([...known].sort((a, b) => a - b)), order);
  return most > 0 && correlation(centredRanks(known), order) >= GROWS * most;
}

/** Why a column seems to be filled in later: it is missing only where nothing was observed; null: it does not. */
export function filledInLater(
  cells: readonly Cell[],
  { observed, mature }: { readonly observed: readonly boolean[]; readonly mature: readonly boolean[] },
): string | null {
  let [missing, missingObserved, all, allObserved] = [0, 0, 0, 0];
  for (const [at, cell] of cells.entries()) {
    if (!mature[at]!) continue;
    all += 1;
    if (observed[at]!) allObserved += 1;
    if (!isMissing(cell)) continue;
    missing += 1;
    if (observed[at]!) missingObserved += 1;
  }
  if (missing < 20 || missingObserved > 0.01 * missing || allObserved < 0.5 * all) return null;
  return `is missing only where there is no outcome (${many(missing)} decisions): it seems to be filled in later`;
}
