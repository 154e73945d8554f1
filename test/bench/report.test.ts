import { expect, test } from "vitest";
import type { PeerName } from "../../bench/decisions/peers.ts";
import { report } from "../../bench/decisions/report.ts";
import type { Result } from "../../bench/decisions/results.ts";

const throughput = (peer: PeerName, round: number, perSecond: number): Result => {
  const stretch = { replies: 1_000, perSecond, cpuMicrosPerDecision: 25, machineMicrosPerDecision: 40 };
  return {
    kind: "throughput",
    peer,
    guarantee: "at-least-once",
    round,
    throughput: { first: stretch, residentMiB: 300, peakMiB: 310 },
  };
};

test("a ratio is of two runs of the same round, shown as median, least and most", () => {
  const text = report([
    throughput("ours", 0, 20_000),
    throughput("streams", 0, 10_000),
    throughput("ours", 1, 30_000),
    throughput("streams", 1, 20_000),
    throughput("ours", 2, 10_000),
    throughput("streams", 2, 10_000),
  ]);
  const row = text.split("\n").find((line) => line.startsWith("| ours"))!;
  const cells = row.split("|").map((cell) => cell.trim());
  const cpu = ["0.0250 (0.0250–0.0250)", "0.0400 (0.0400–0.0400)"];
  expect(cells.slice(2, 7)).toEqual(["20.0 (10.0–30.0)", "1.50 (1.00–2.00)", "–", ...cpu]);
});

test("latency names its rate and what was lost", () => {
  const latency = [{ rate: 500, p50: 1, p99: 2, p999: 3, most: 4, lost: 7 }];
  const text = report([{ kind: "latency", peer: "ours", guarantee: "exactly-once", round: 0, latency }]);
  expect(text).toMatch(/Latency in ms, exactly-once/);
  expect(text).toMatch(/\| ours +\| 500 .*\| 7 +\|/);
});
