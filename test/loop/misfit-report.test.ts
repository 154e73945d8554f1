import { expect, test } from "vitest";
import { recordLimits } from "../../schemas/index.ts";
import { createMetrics } from "../../streams/index.ts";
import { misfitReport } from "../../loop/misfit-report.ts";

test("names are bounded: those past the limit are counted together and not warned of", async () => {
  const { misfitNames } = recordLimits;
  const metrics = createMetrics();
  const lines: string[] = [];
  const nothing = (): void => undefined;
  const tell = misfitReport(metrics, { info: nothing, error: nothing, warn: (_, text) => void lines.push(text) });
  for (let n = 0; n < misfitNames + 50; n++)
    tell({
      useCase: "u",
      what: "context",
      name: `${"x".repeat(60)}${n}yyyyyyyyyy`.slice(n % 7),
      problem: "unknown",
      known: [],
    });
  const { values } = await metrics.unknownFields.get();
  expect(values.length).toBeLessThanOrEqual(misfitNames + 1);
  expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(misfitNames + 50);
  for (const { labels } of values) expect(Buffer.byteLength(String(labels["name"]))).toBeLessThanOrEqual(64);
  expect(lines.length).toBeLessThanOrEqual(misfitNames + 1);
});
