import { expect, test } from "vitest";
import { kafkaChaos } from "./kafka.ts";

test(
  "kafka: three processes, kills, a zombie, a lost disk and a broker restart leave one record, one row and true replies",
  { timeout: 600_000 },
  async () => {
    const lines: string[] = [];
    const amounts = { seed: 20_261_122, decisions: 5_000, kills: 4, pauses: 1, wipes: 1, brokerRestarts: 1 };
    const report = await kafkaChaos(amounts, (line) => lines.push(line));
    expect(report.problems, lines.join("\n")).toEqual([]);
    expect(report.decisions).toBe(5_000);
    expect(report.rows + report.expired).toBe(5_000);
    expect(report.killed).toBeGreaterThanOrEqual(3);
    expect(report.paused + report.wiped + report.brokerRestarts).toBe(3);
  },
);
