import { expect, test } from "vitest";
import { kafkaChaos } from "./kafka.ts";

test(
  "kafka: three processes, kills, a zombie, a lost disk, a broker and a registry that go away and a clock days ahead leave one record, one row, one event of each observation and true replies",
  { timeout: 600_000 },
  async () => {
    const lines: string[] = [];
    const more = { registryOutages: 1, registryOutageMs: 3_000, wrongClocks: 1 };
    const amounts = { seed: 20_261_122, decisions: 5_000, kills: 4, pauses: 1, wipes: 1, brokerRestarts: 1, ...more };
    const report = await kafkaChaos(amounts, (line) => lines.push(line));
    expect(report.problems.join("\n"), lines.join("\n")).toBe("");
    expect(report.decisions).toBe(5_000);
    expect(report.rows + report.expired).toBe(5_000);
    expect(report.killed).toBeGreaterThanOrEqual(3);
    expect(report.paused + report.wiped + report.brokerRestarts).toBe(3);
    expect([report.registryOutages, report.clocksWrong]).toEqual([1, 1]);
  },
);
