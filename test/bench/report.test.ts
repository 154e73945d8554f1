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

test("latency names its rate, what it is to the peer's of the same round, and what was lost", () => {
  const run = (peer: PeerName, p99: number, p99OfSecond: number): Result => {
    const latency = [{ rate: 500, p50: 1, p99, p99OfSecond, p999: 9, most: 9, lost: 7 }];
    return { kind: "latency", peer, guarantee: "exactly-once", round: 0, latency };
  };
  const text = report([run("ours", 2, 1.5), run("streams-low", 4, 2)]);
  expect(text).toMatch(/Latency in ms, exactly-once/);
  const row = text.split("\n").find((line) => line.startsWith("| ours"))!;
  const cells = row.split("|").map((cell) => cell.trim());
  expect(cells.slice(2, -1)).toEqual(["500", "1.00", "2.00", "0.50", "1.50", "0.75", "9.00", "9.00", "7"]);
});
