import { isSamePropensity } from "../../../operators/index.ts";

/** What a line says of the action that was taken. */
export interface LoggedLabel {
  /** Index of the action. */
  readonly taken: number;
  /** Null: it is not told by itself. */
  readonly propensity: number | null;
  /** One an action; empty: they are not told. */
  readonly probabilities: readonly number[];
  /** Absent: no outcome is told. */
  readonly cost?: number;
  /** The share of the decisions that the log has left out at random. */
  readonly dropped: number;
}

type Line = Readonly<Record<string, unknown>>;

/** @param count of the actions. @returns the fault in words otherwise */
export function loggedLabel(line: Line, count: number): LoggedLabel | { readonly problem: string } {
  const { _label_cost: cost, _label_probability: chance, _labelIndex: index, a, p, pdrop: dropped = 0 } = line;
  const order = a === undefined ? [] : listOf(a, (one) => Number.isInteger(one) && one >= 1 && one <= count);
  if (order === undefined || new Set(order).size < order.length)
    return { problem: `a is no list of different actions from 1 to ${count}` };
  const number = line["_label_Action"] ?? (typeof index === "number" ? index + 1 : order[0]);
  if (number === undefined) return { problem: "says no action that was taken: there is no _label_Action and no a" };
  if (!Number.isInteger(number) || !((number as number) >= 1 && (number as number) <= count))
    return { problem: `_label_Action ${shown(number)} is no action from 1 to ${count}` };
  const taken = (number as number) - 1;
  if (index !== undefined && index !== taken)
    return { problem: `_labelIndex ${shown(index)} is not that of _label_Action ${taken + 1}` };
  if (cost !== undefined && !isFinite(cost)) return { problem: `_label_cost ${shown(cost)} is no number` };
  if (chance !== undefined && !isFinite(chance)) return { problem: `_label_probability ${shown(chance)} is no number` };
  if (!isFinite(dropped) || dropped < 0 || dropped >= 1)
    return { problem: `pdrop ${shown(dropped)} is no probability below 1` };
  const listed = p === undefined ? [] : listOf(p, (one) => one >= 0 && one <= 1);
  if (listed === undefined || (listed.length > 0 && listed.length !== order.length))
    return { problem: "p is no list of probabilities, one for each action of a" };
  const probabilities = new Array<number>(listed.length === 0 ? 0 : count).fill(0);
  for (const [at, action] of order.entries()) if (listed.length > 0) probabilities[action - 1] = listed[at]!;
  const propensity = chance === undefined ? null : undropped(chance, probabilities[taken], dropped);
  return { taken, propensity, probabilities, dropped, ...(cost === undefined ? {} : { cost: cost as number }) };
}

/** Some writers say the probability that the action was taken and the decision logged. */
function undropped(chance: number, own: number | undefined, dropped: number): number {
  if (own === undefined || isSamePropensity(own, chance)) return chance;
  return isSamePropensity(own * (1 - dropped), chance) ? own : chance;
}

const isFinite = (value: unknown): value is number => Number.isFinite(value);

function listOf(value: unknown, fits: (one: number) => boolean): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((one) => typeof one === "number" && fits(one)) ? (value as number[]) : undefined;
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 40);
