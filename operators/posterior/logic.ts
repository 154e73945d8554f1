import type { CompiledPosterior } from "../../blueprints/index.ts";
import { addRow, changeRow, emptySums, triangleOf, type LinearSums } from "../../statistics/index.ts";
import type { PosteriorUpdate, TrainingRow } from "../../schemas/index.ts";
import { bytesOfDoubles, doublesOf } from "../globals/index.ts";

/** What was learnt of a decision or of one of its options, until its label can't be corrected any more. */
export interface Learnt {
  readonly decisionTime: number;
  readonly y: number;
}

/** The change that a row makes, if it makes one, and what is learnt of its decision then; `undefined`: nothing. */
export interface RowChange {
  readonly update: PosteriorUpdate | undefined;
  readonly now: Learnt | undefined;
}

/**
 * @param before what an earlier row of the same decision and option said
 */
export function changeOf(row: TrainingRow, posterior: CompiledPosterior, before: Learnt | undefined): RowChange {
  const { value, optionId = value } = row;
  const decisionTime = row["decisionTime"] as number;
  // An id that was decided anew is another decision.
  const known = before?.decisionTime === decisionTime ? before : undefined;
  const is = typeof optionId === "string" ? posterior.learnt(row) : null;
  const was = known?.y ?? null;
  if (is === was) return { update: undefined, now: is === null ? before : known };
  const of = posterior.by === "option" ? String(optionId) : null;
  return {
    update: { optionId: of, x: [...posterior.xOfRow(row)], was, is },
    now: is === null ? undefined : { decisionTime, y: is },
  };
}

/** The weights of an option as its rows came. */
export interface OptionSums {
  readonly sums: LinearSums;
  /** Rows that came, were corrected or taken back. */
  updates: number;
  /** Number of updates at the last state that was published. */
  published: number;
  /** Event time of the latest row, ms. */
  latest: number;
}

export const newOption = (dimensions: number): OptionSums => ({
  ...{ sums: emptySums(dimensions), updates: 0, published: 0, latest: Number.NEGATIVE_INFINITY },
});

/** A state is published once its rows have grown by a part of so many. Of n rows, there are about as many states as 64 (1 + ln(n / 64)). */
const PARTS = 64;

/** @returns whether the state is to be published now */
export function takeUpdate(option: OptionSums, { x, was, is }: PosteriorUpdate, time: number): boolean {
  const { sums } = option;
  if (was === null) addRow(sums, x, is!);
  else if (is === null) addRow(sums, x, was, -1);
  else changeRow(sums, x, is - was);
  option.updates++;
  option.latest = Math.max(option.latest, time);
  if (option.updates - option.published < Math.max(1, Math.floor(option.updates / PARTS))) return false;
  option.published = option.updates;
  return true;
}

const HEAD = 4;

/** Four numbers, squares, products. */
export function encodeOption({ sums, updates, published, latest }: OptionSums): Uint8Array {
  const { rows, squares, products } = sums;
  const numbers = new Float64Array(HEAD + squares.length + products.length);
  numbers.set([updates, published, latest, rows]);
  numbers.set(squares, HEAD);
  numbers.set(products, HEAD + squares.length);
  return bytesOfDoubles(numbers);
}

export function decodeOption(bytes: Uint8Array, dimensions: number): OptionSums {
  const numbers = doublesOf(bytes);
  const [updates, published, latest, rows] = numbers as unknown as [number, number, number, number];
  const between = HEAD + triangleOf(dimensions);
  const sums = { dimensions, rows, squares: numbers.slice(HEAD, between), products: numbers.slice(between) };
  return { sums, updates, published, latest };
}
