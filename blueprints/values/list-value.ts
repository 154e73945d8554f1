import { categoryOf } from "./category-value.ts";
import { numberOf } from "./number-value.ts";

/**
 * Reads a value as a list of categories: an array, or the text of a JSON array. Items are read as categories; a missing
 * one is left out. Null: the list is missing; an empty one is not. Undefined: it is no list.
 */
export function listOf(value: unknown): readonly string[] | null | undefined {
  const items = arrayOf(value);
  if (items === null || items === undefined) return items;
  const list: string[] = [];
  for (const item of items) {
    const category = typeof item === "string" && item !== "" ? item : categoryOf(item);
    if (category === undefined) return undefined;
    if (category !== null) list.push(category);
  }
  return list;
}

/**
 * Reads a value as a vector: an array of so many numbers, or the text of a JSON array of them. Null: it is missing.
 * Undefined: it is none, or one of its numbers is missing or no number, or there are more or fewer.
 */
export function vectorOf(value: unknown, length: number): readonly number[] | null | undefined {
  const items = arrayOf(value);
  if (items === null || items === undefined) return items;
  if (items.length !== length) return undefined;
  const numbers: number[] = [];
  for (const item of items) {
    const number = numberOf(item);
    if (number === null || number === undefined) return undefined;
    numbers.push(number);
  }
  return numbers;
}

/** How many items a value has that is a list; undefined: it is none. */
export const lengthOf = (value: unknown): number | undefined => arrayOf(value)?.length;

function arrayOf(value: unknown): readonly unknown[] | null | undefined {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined || value === "") return null;
  if (typeof value !== "string") return typeof value === "number" && Number.isNaN(value) ? null : undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
