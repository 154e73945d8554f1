import { expect, test } from "vitest";
import { RecentTexts } from "../../streams/recent-texts.ts";

test("every text is read as it is there, whatever was read before it", () => {
  const texts = [
    "decision-replies",
    "decision-replied",
    "größe",
    "groesse",
    "",
    "x",
    "y",
    "x".repeat(200),
    "ü".repeat(40),
  ];
  const known = new RecentTexts();
  for (let round = 0; round < 3; round++) {
    for (const text of texts) {
      const bytes = Buffer.from(`--${text}--`);
      expect(known.read(bytes, 2, bytes.length - 4)).toBe(text);
    }
  }
});

test("what it keeps does not change with the bytes it was read from", () => {
  const known = new RecentTexts();
  const bytes = Buffer.from("replies");
  expect(known.read(bytes, 0, 7)).toBe("replies");
  bytes.write("answers");
  expect(known.read(bytes, 0, 7)).toBe("answers");
  expect(known.read(Buffer.from("replies"), 0, 7)).toBe("replies");
});

test("at the end of the bytes nothing behind them is taken for the text", () => {
  const known = new RecentTexts();
  expect(known.read(Buffer.from("abcd"), 0, 4)).toBe("abcd");
  expect(known.read(Buffer.from("ab"), 0, 2)).toBe("ab");
  expect(known.read(Buffer.from("xabcd"), 1, 4)).toBe("abcd");
});
