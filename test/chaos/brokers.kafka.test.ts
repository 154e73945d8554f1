import { expect, test } from "vitest";
import { brokersInTurn } from "./brokers.ts";

test(
  "three brokers, two killed in turn while 200 requests a second come: each is answered once, and every outage is said with its cause and its end",
  { timeout: 900_000 },
  async () => {
    const said: string[] = [];
    const report = await brokersInTurn({
      ...{ brokers: 3, client: "platformatic", requests: 3_000, rate: 200, awayMs: 3_000 },
      say: (line) => said.push(line),
    });
    expect(report.problems.join("\n"), JSON.stringify(report.outages, null, 1)).toBe("");
    expect(report.requests).toBeGreaterThanOrEqual(3_000);
    expect([report.answered, report.decidedOnce, report.kills]).toEqual([report.requests, report.requests, 2]);
    expect(report.outages.length, said.join("\n")).toBeGreaterThan(0);
  },
);
