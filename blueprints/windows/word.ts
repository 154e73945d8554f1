import { hash } from "node:crypto";

/** The text of a category in tiles. */
export type WordOf = (number: number) => string;

const bits = new DataView(new ArrayBuffer(8));

/**
 * The number by which a category lies in tiles: 63 bits of its SHA-256, so finite. Of a million different categories of
 * one stretch of time two are the same number once in eighteen million times; they then count as one.
 */
export function wordNumber(text: string): number {
  const digest = hash("sha256", text, "buffer");
  // All bits of the exponent would make it infinite, or no number.
  digest[0]! &= 0xbf;
  return digest.readDoubleBE(0) + 0;
}

/** Sixteen hexadecimal digits. */
export function wordName(number: number): string {
  bits.setFloat64(0, number);
  return bits.getBigUint64(0).toString(16).padStart(16, "0");
}

/** A value of a field; with `wordOf` it is a category, and its text is meant. */
export function valueOf(value: number | null, wordOf: WordOf | undefined): number | string | null {
  return value === null || wordOf === undefined ? value : wordOf(value);
}

/** Whether one value comes after another: numbers by their size, categories by the code units of their texts. */
export function comesAfter(value: number, other: number, wordOf: WordOf | undefined): boolean {
  if (wordOf === undefined || value === other) return value > other;
  return wordOf(value) > wordOf(other);
}
