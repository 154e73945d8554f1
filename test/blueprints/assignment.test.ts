import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { assignSalt, canarySalt, evaluationSalt, holdoutSalt, unitPlace } from "../../blueprints/index.ts";
import { random } from "./random.ts";

type Pair = readonly [salt: string, unit: string];

/** Of the pairs, in their order, by another program. */
function inPython(pairs: readonly Pair[]): readonly number[] {
  const { stdout, stderr, status } = spawnSync("python3", [join(import.meta.dirname, "places.py")], {
    input: pairs.map((pair) => JSON.stringify(pair)).join("\n"),
    encoding: "utf8",
    maxBuffer: 1 << 24,
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.trimEnd().split("\n").map(Number);
}

const ODD = [
  "",
  "\0",
  "a\0b",
  "é",
  "e\u0301",
  "ﬁ",
  "日本語",
  "🦊",
  "👩‍👩‍👧",
  "\u{10FFFF}",
  "\uFEFF",
  "\n",
  " ",
  "\\",
  '"',
  "x".repeat(1_000_000),
];

/** A text of up to 40 characters of all planes, with zero bytes. */
function anyText(next: () => number): string {
  return Array.from({ length: Math.floor(next() * 40) }, () => {
    const plane = [0x7f, 0x7ff, 0xffff, 0x10ffff][Math.floor(next() * 4)]!;
    const code = Math.floor(next() * (plane + 1));
    // Half of a surrogate pair is no character.
    return code >= 0xd800 && code <= 0xdfff ? "\0" : String.fromCodePoint(code);
  }).join("");
}

describe("the place of a unit", () => {
  test("is that of the releases before: groups of assign and held-out units are the same", () => {
    expect(unitPlace(assignSalt("salt", "parcels"), "anna")).toBe(0.7277434147080521);
    expect(unitPlace(assignSalt("salt", "parcels"), "")).toBe(0.4710089776335493);
    expect(unitPlace(assignSalt("loopstream", "flight-delays"), "é\0x")).toBe(0.6813649977372958);
    expect(unitPlace(holdoutSalt("salt", "parcels"), "anna")).toBe(0.43833430192164435);
    expect(unitPlace(holdoutSalt("loopstream", "flight-delays"), "UA1545")).toBe(0.5396438811260409);
  });

  test("is bit for bit the one that Python computes, of 100,000 units under the salts of each purpose", () => {
    const salts = [
      ...[assignSalt("salt", "parcels"), holdoutSalt("salt", "parcels")],
      ...[canarySalt("6d73b364a7923541"), evaluationSalt("parcels")],
    ];
    const pairs = Array.from({ length: 100_000 }, (_, at): Pair => [salts[at % salts.length]!, `unit-${at}`]);
    expect(inPython(pairs)).toEqual(pairs.map(([salt, unit]) => unitPlace(salt, unit)));
  });

  test("of any text, empty, with zero bytes, of all planes and very long, is below 1, always the same, and Python's", () => {
    const next = random(83);
    const pairs = [
      ...ODD.map((unit): Pair => [canarySalt("m"), unit]),
      ...Array.from({ length: 20_000 }, (): Pair => [anyText(next), anyText(next)]),
    ];
    const places = pairs.map(([salt, unit]) => unitPlace(salt, unit));
    expect(places.every((place) => place >= 0 && place < 1)).toBe(true);
    expect(pairs.map(([salt, unit]) => unitPlace(salt, unit))).toEqual(places);
    expect(inPython(pairs)).toEqual(places);
    expect(new Set(ODD.map((unit) => unitPlace(canarySalt("m"), unit))).size).toBe(ODD.length);
  });

  test("is spread evenly: each of 100 equal parts has its share of 100,000 units", () => {
    const salts = [assignSalt("salt", "parcels"), holdoutSalt("salt", "parcels"), canarySalt("m1")];
    for (const salt of [...salts, evaluationSalt("parcels")]) {
      const counts = new Array<number>(100).fill(0);
      for (let at = 0; at < 100_000; at++) counts[Math.floor(unitPlace(salt, `unit-${at}`) * 100)]!++;
      const chi = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
      // 99 degrees of freedom: above 161 with a probability of 1e-4.
      expect(chi, salt).toBeLessThan(161);
    }
  });

  test("is independent of that under the salt of another purpose", () => {
    const [loop, useCase] = ["salt", "parcels"];
    const salts = [
      ...[assignSalt(loop, useCase), holdoutSalt(loop, useCase), assignSalt(loop, "letters")],
      ...[canarySalt("m1"), canarySalt("m2")],
      ...[evaluationSalt("parcels"), evaluationSalt("flights")],
    ];
    const units = Array.from({ length: 100_000 }, (_, at) => `unit-${at}`);
    const below = salts.map((salt) => units.map((unit) => unitPlace(salt, unit) < 0.5));
    for (const [one, first] of below.entries())
      for (const second of below.slice(one + 1)) {
        const both = units.filter((_, at) => first[at]! && second[at]!).length;
        // Four standard deviations, of 21 pairs.
        expect(Math.abs(both - 25_000)).toBeLessThan(4 * Math.sqrt((100_000 * 3) / 16));
      }
  });
});
