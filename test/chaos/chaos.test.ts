import { expect, test } from "vitest";
import { embeddedChaos } from "./embedded.ts";

test(
  "embedded: killed with -9 again and again and robbed of power, every decision has one record, one row and one event of its observation, and every reply is true",
  { timeout: 900_000 },
  async () => {
    const lines: string[] = [];
    const report = await embeddedChaos(20_261_122, 4_000, 8, (line) => lines.push(line), 2);
    expect(report.problems.join("\n"), lines.join("\n")).toBe("");
    expect(report.decisions).toBe(4_000);
    expect(report.powerCuts).toBe(2);
    expect(report.killed).toBeGreaterThanOrEqual(5);
    expect(report.rows + report.expired).toBe(4_000);
    expect(report.askedAgain).toBeGreaterThan(200);
    expect(report.modelDecided).toBeGreaterThan(1_000);
  },
);
