import { expect, test } from "vitest";
import { rangesText } from "../../../../streams/runtime/membership/assignments.ts";

test("partitions are named in ranges, each once", () => {
  expect(rangesText([3, 0, 1, 2, 5, 0])).toBe("0-3, 5");
  expect(rangesText([4])).toBe("4");
});
