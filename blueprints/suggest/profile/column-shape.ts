import { spelledBoolean } from "../../values/boolean-value.ts";
import { categoryOf } from "../../values/category-value.ts";
import { listOf } from "../../values/list-value.ts";
import { numberOf } from "../../values/number-value.ts";
import { timeOf } from "../../values/time-value.ts";

/** The number of a column's values that can be read as each type. */
export interface ColumnShape {
  readonly values: number;
  readonly numbers: number;
  /** Whole numbers that begin with a zero or have more digits than a number keeps: codes. */
  readonly codes: number;
  /** True and false, in any spelling but 1 and 0. */
  readonly words: number;
  /** Texts that are times with their zones. */
  readonly times: number;
  readonly lists: number;
  /** Of the lists those of numbers only. */
  readonly vectors: number;
  /** The length of all lists; null: they differ; undefined: there is none. */
  readonly length: number | null | undefined;
  readonly texts: number;
  /** Characters of all texts together. */
  readonly characters: number;
  /** Texts of several words. */
  readonly sentences: number;
}

export type MutableShape = { -readonly [K in keyof ColumnShape]: ColumnShape[K] };

export const noShape = (): MutableShape => ({
  ...{ values: 0, numbers: 0, codes: 0, words: 0, times: 0, lists: 0, vectors: 0, length: undefined },
  ...{ texts: 0, characters: 0, sentences: 0 },
});

const CODE = /^[+-]?0\d+$/;

/** Counts a value, by the rules that an import reads it by. @param cell not missing */
export function addToShape(shape: MutableShape, cell: string | number | boolean): void {
  shape.values += 1;
  if (typeof categoryOf(cell) === "string") shape.texts += 1;
  if (typeof cell === "boolean") {
    shape.words += 1;
    return;
  }
  const number = numberOf(cell);
  if (typeof number === "number") {
    shape.numbers += 1;
    const isLong = Number.isInteger(number) && !Number.isSafeInteger(number);
    if (isLong || (typeof cell === "string" && CODE.test(cell))) shape.codes += 1;
    return;
  }
  if (typeof cell !== "string") return;
  shape.characters += cell.length;
  if (cell.trim().includes(" ")) shape.sentences += 1;
  if (spelledBoolean(cell) !== undefined) shape.words += 1;
  else if (typeof timeOf(cell) === "number") shape.times += 1;
  else if (cell.startsWith("[")) addList(shape, cell);
}

function addList(shape: MutableShape, text: string): void {
  const items = listOf(text);
  if (items === null || items === undefined) return;
  shape.lists += 1;
  shape.length = shape.length === undefined || shape.length === items.length ? items.length : null;
  if (items.every((item) => typeof numberOf(item) === "number")) shape.vectors += 1;
}

/** The shape of one column of several files. */
export function addedShapes(shapes: readonly (ColumnShape | undefined)[]): ColumnShape {
  const sum = noShape();
  for (const shape of shapes) {
    if (shape === undefined) continue;
    for (const key of ADDED) sum[key] += shape[key];
    if (shape.length === undefined) continue;
    sum.length = sum.length === undefined || sum.length === shape.length ? shape.length : null;
  }
  return sum;
}

const ADDED = [
  ...(["values", "numbers", "codes", "words", "times", "lists", "vectors"] as const),
  ...(["texts", "characters", "sentences"] as const),
] as const;
