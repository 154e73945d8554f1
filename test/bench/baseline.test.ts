import { expect, test } from "vitest";
import { change, readBaseline } from "../../bench/micro/baseline.ts";

test("a ratio more than a fifth above the stored one is a loss", () => {
  expect(change(1.25, 1)).toEqual({ text: "+25 %", lost: true });
  expect(change(1.15, 1)).toEqual({ text: "+15 %", lost: false });
  expect(change(0.5, 1)).toEqual({ text: "-50 %", lost: false });
  expect(change(1, undefined)).toEqual({ text: "new", lost: false });
});

test("the stored baseline holds ratios above 0", () => {
  const ratios = Object.values(readBaseline());
  expect(ratios.length).toBeGreaterThan(5);
  expect(ratios.every((ratio) => ratio > 0)).toBe(true);
});
