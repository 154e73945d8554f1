import type { ContextType, VectorType } from "../blueprint.ts";
import { booleanOf } from "./boolean-value.ts";
import { categoryOf } from "./category-value.ts";
import { fieldOf } from "./field-value.ts";
import { lengthOf, listOf, vectorOf } from "./list-value.ts";
import { numberOf } from "./number-value.ts";
import { timeFault, timeOf } from "./time-value.ts";

/** `field` is a measure of an event: a number, or a boolean as 1 or 0. */
export type DeclaredType = ContextType | "field";
/** Types whose values are no lists. */
export type PlainType = Exclude<DeclaredType, "list" | VectorType>;

export type PlainValue = string | number | boolean;
export type DeclaredValue = PlainValue | readonly string[] | readonly number[];

type Read<V> = (value: unknown) => V | null | undefined;

const READ: Readonly<Record<Exclude<DeclaredType, VectorType>, Read<DeclaredValue>>> = {
  number: numberOf,
  category: categoryOf,
  boolean: booleanOf,
  key: categoryOf,
  field: fieldOf,
  text: categoryOf,
  list: listOf,
  time: timeOf,
};

const VECTOR = /^vector\((\d+)\)$/;

/** How many numbers a vector of this type has; undefined: it is another type. */
export function vectorLength(type: string): number | undefined {
  const length = type.startsWith("vector") ? VECTOR.exec(type)?.[1] : undefined;
  return length === undefined ? undefined : Number(length);
}

/**
 * Reads a value by its declared type, the same for a cell of a file, a request, an observation and an event. Null: it
 * is missing. Undefined: it does not fit; `misfitText` gives the reason.
 */
export function declaredValue(type: PlainType, value: unknown): PlainValue | null | undefined;
export function declaredValue(type: DeclaredType, value: unknown): DeclaredValue | null | undefined;
export function declaredValue(type: DeclaredType, value: unknown): DeclaredValue | null | undefined {
  return readerOf(type)(value);
}

/** The function of `declaredValue` for one type. */
export function readerOf(type: DeclaredType): Read<DeclaredValue> {
  const read = (READ as Readonly<Record<string, Read<DeclaredValue>>>)[type];
  if (read !== undefined) return read;
  const length = vectorLength(type)!;
  return (value) => vectorOf(value, length);
}

/** As `readerOf`, with values as they lie in a record: a list is the text of its JSON array. */
export function recordedReaderOf(type: DeclaredType): Read<PlainValue> {
  const read = readerOf(type);
  return (given) => {
    const value = read(given);
    return typeof value === "object" && value !== null
      ? JSON.stringify(value)
      : (value as PlainValue | null | undefined);
  };
}

/** One value by `recordedReaderOf`. */
export const recordedValue = (type: DeclaredType, value: unknown): PlainValue | null | undefined =>
  recordedReaderOf(type)(value);

const MOST_SHOWN = 60;

/** The reason that a value does not fit its type, for a person: `"1,5" is not a number …`. */
export function misfitText(type: DeclaredType, value: unknown): string {
  const length = vectorLength(type);
  const why = length === undefined ? WHY[type as keyof typeof WHY](value) : noVector(value, length);
  return `${shown(value)} ${why}`;
}

const noNumber = (value: unknown): string =>
  typeof value === "number" ? "is not a finite number" : "is not a number: write digits with a point, like 1234.5";
const noText = (value: unknown): string =>
  typeof value === "number" && Number.isFinite(value)
    ? "has more digits than a number keeps: write it as a text"
    : "is not a text";
const noList = (value: unknown): string =>
  lengthOf(value) === undefined
    ? 'is not a list: write a JSON array, like ["a", "b"]'
    : "has an item that is not a text";

function noVector(value: unknown, length: number): string {
  const found = lengthOf(value);
  if (found === undefined) return "is not a vector: write a JSON array, like [0.5, 1]";
  if (found !== length) return `is not a vector of ${length} numbers: it has ${found}`;
  return "is not a vector: one of its items is not a finite number";
}

const WHY: Readonly<Record<Exclude<DeclaredType, VectorType>, (value: unknown) => string>> = {
  number: noNumber,
  field: noNumber,
  category: noText,
  key: noText,
  text: noText,
  boolean: () => "is not a boolean: write true or false",
  list: noList,
  time: timeFault,
};

/** A value in a message, cut to a readable length. */
export function shown(value: unknown): string {
  const whole = typeof value === "string" ? value.slice(0, MOST_SHOWN) : value;
  const text = typeof whole === "number" ? String(whole) : (JSON.stringify(whole) ?? String(whole));
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN - 1)}…`;
}
