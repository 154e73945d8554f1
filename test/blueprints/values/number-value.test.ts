import { expect, test } from "vitest";
import { numberOf, shortNumber } from "../../../blueprints/index.ts";
import { random } from "../../../bench/decisions/work/random.ts";

test("a short text is the number that Number makes of it, and its own text", () => {
  for (const text of ["0", "5", "-12.5", "0.1", "0.000001", "100", "999999999999999", "-0.123456789012345"]) {
    expect(shortNumber(text)).toBe(Number(text));
    expect(String(shortNumber(text))).toBe(text);
  }
});

test("a text that String would not write has no short number", () => {
  const others = ["", "-", "-0", "+5", "05", "00", ".5", "5.", "1.0", "0.0", "1e3", "0.0000001", "1.2.3", "1-2", " 1"];
  for (const text of [...others, "9999999999999999", "0.1234567890123456", "NaN"]) expect(shortNumber(text)).toBeNaN();
});

test("of any digits the short number has the bits of Number, and numberOf has them too", () => {
  const draw = random(35);
  let short = 0;
  const wrong: string[] = [];
  for (let index = 0; index < 200_000; index++) {
    const value = (draw() - 0.5) * 10 ** (Math.floor(draw() * 26) - 8);
    for (const text of [String(value), value.toFixed(Math.floor(draw() * 9)), value.toPrecision(15)]) {
      if (text.includes("e")) continue;
      const found = shortNumber(text);
      // Adding 0 turns −0 into 0, as for every number.
      if (!Object.is(numberOf(text), Number(text) + 0)) wrong.push(text);
      if (Number.isNaN(found)) continue;
      short++;
      if (!Object.is(found, Number(text)) || String(found) !== text) wrong.push(text);
    }
  }
  expect(wrong).toEqual([]);
  expect(short).toBeGreaterThan(100_000);
});
