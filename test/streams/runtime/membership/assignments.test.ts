import { expect, test } from "vitest";
import { partitionsText } from "../../../../streams/runtime/membership/assignments.ts";

test("partitions are named in ranges, each once, with the topics that have the same ones together", () => {
  const of = (topic: string, ...numbers: readonly number[]) => numbers.map((partition) => ({ topic, partition }));
  expect(partitionsText([...of("b", 3, 0, 1, 2, 5, 0), ...of("a", 0, 1, 2, 3, 5), ...of("c", 4)])).toBe(
    "partitions 0-3, 5 of a, b; partitions 4 of c",
  );
});
