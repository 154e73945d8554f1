import { random } from "../blueprints/random.ts";
import { describe, expect, test } from "vitest";
import { murmur2, partitionOf, partitionOfText } from "../../streams/backbone/partitioner.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// Kafka's own UtilsTest#testMurmur2.
const known: readonly (readonly [string, number])[] = [
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
];

describe("murmur2", () => {
  test.each(known)("of %j is what Kafka computes", (text, hash) => {
    expect(murmur2(bytes(text))).toBe(hash);
  });

  test("does not depend on where the bytes lie in their buffer", () => {
    const padded = bytes("xxxfoobarxxx").subarray(3, 9);
    expect(murmur2(padded)).toBe(-790332482);
  });
});

describe("partitionOf", () => {
  test("is the hash without its sign, modulo the partitions", () => {
    for (const [text, hash] of known) expect(partitionOf(bytes(text), 7)).toBe((hash & 0x7fffffff) % 7);
  });

  test("stays within the partitions and reaches each of them", () => {
    const seen = new Set(Array.from({ length: 1000 }, (_, i) => partitionOf(bytes(`unit-${i}`), 12)));
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test("of one partition is always 0", () => {
    for (const [text] of known) expect(partitionOf(bytes(text), 1)).toBe(0);
  });
});

describe("partitionOfText", () => {
  const next = random(7);
  const alphabets = ["abcdefghijklmnopqrstuvwxyz0123456789-_/", "aé", "日本語a", "😀a", "\u0000\u007f\u0080\uffff"];
  const texts = alphabets.flatMap((alphabet) => {
    const letters = [...alphabet];
    const text = (length: number) =>
      Array.from({ length }, () => letters[Math.floor(next() * letters.length)]!).join("");
    return Array.from({ length: 200 }, (_, length) => text(length % 40));
  });

  test("is that of the text's UTF-8, for any text", () => {
    for (const partitions of [1, 4, 7, 12]) {
      for (const text of texts) expect(partitionOfText(text, partitions)).toBe(partitionOf(bytes(text), partitions));
    }
  });
});
