import { expect, test } from "vitest";
import { flights } from "../../bench/micro/flights.ts";

test("the parts that are measured take the benchmark's requests as the operators do", async () => {
  const { variants, close } = await flights();
  expect(variants.map(({ name }) => name)).toHaveLength(2);
  for (const { run } of variants) await run();
  await close();
});
