import { expect, test } from "vitest";
import { embeddedPlace } from "./embedded.ts";
import { runTorture } from "./run-torture.ts";

test(
  "embedded: whatever is written, whatever is taken away, a use case beside it is served as if nothing had been",
  { timeout: 900_000 },
  async () => {
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    const place = await embeddedPlace(say);
    try {
      const report = await runTorture(place, { seed: 20_261_127, records: 1_200, perStep: 600, say });
      expect(report.problems.join("\n"), lines.join("\n")).toBe("");
      expect(report.written).toBeGreaterThan(500);
      expect(report.dead).toBeGreaterThan(150);
      expect(report.controlAnswered).toBe(report.controlAsked);
      expect(report.controlRows).toBe(report.controlAsked);
    } finally {
      await place.close();
    }
  },
);
